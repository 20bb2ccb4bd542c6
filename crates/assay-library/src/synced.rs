//! Synced folders: folders that a program copies to other machines.
//!
//! Such a program copies files one by one at its own pace, so another machine gets the catalogue of one moment
//! with the index of another. It may also hold a file open, or bring an old one back.

use std::path::Path;

/// Names of synced folders, and the program.
const NAMES: [(&str, &str); 12] = [
    ("Dropbox", "Dropbox"),
    ("OneDrive", "OneDrive"),
    ("Google Drive", "Google Drive"),
    ("GoogleDrive", "Google Drive"),
    ("My Drive", "Google Drive"),
    ("Nextcloud", "Nextcloud"),
    ("ownCloud", "ownCloud"),
    ("iCloud Drive", "iCloud Drive"),
    ("iCloudDrive", "iCloud Drive"),
    ("com~apple~CloudDocs", "iCloud Drive"),
    ("pCloudDrive", "pCloud"),
    ("Syncthing", "Syncthing"),
];

/// Files and folders that a program leaves in the folder that it copies.
const TRACES: [(&str, &str); 5] = [
    (".stfolder", "Syncthing"),
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".owncloudsync.log", "Nextcloud"),
    (".nextcloudsync.log", "Nextcloud"),
];

/// The program that seems to copy a folder to other machines. Names may continue after a blank, a bracket
/// or a hyphen: `OneDrive - Harbour Works`, `Dropbox (Personal)`.
pub fn synced_by(folder: &Path) -> Option<&'static str> {
    folder.ancestors().find_map(|place| {
        let name = place.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let named = NAMES.iter().find(|(known, _)| {
            let rest = name.strip_prefix(&known.to_lowercase());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-', '(', '_']))
        });
        let traced = || TRACES.iter().find(|(trace, _)| place.join(trace).exists());
        named.or_else(traced).map(|(_, program)| *program)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::synced_by;

    #[test]
    fn a_synced_folder_is_recognised_by_its_name_or_by_what_the_program_leaves_in_it() {
        for (folder, program) in [
            ("/home/a/Dropbox/assay", Some("Dropbox")),
            ("/home/a/Dropbox (Personal)/x/assay", Some("Dropbox")),
            ("/Users/a/OneDrive - Harbour Works/assay", Some("OneDrive")),
            ("/Users/a/Library/Mobile Documents/com~apple~CloudDocs/assay", Some("iCloud Drive")),
            ("/home/a/Nextcloud/assay", Some("Nextcloud")),
            ("/home/a/.local/share/assay", None),
            ("/home/a/dropboxes/assay", None),
        ] {
            assert_eq!(synced_by(Path::new(folder)), program, "{folder}");
        }
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("notes/assay");
        std::fs::create_dir_all(&library).unwrap();
        assert_eq!(synced_by(&library), None);
        std::fs::create_dir(folder.path().join("notes/.stfolder")).unwrap();
        assert_eq!(synced_by(&library), Some("Syncthing"));
    }
}
