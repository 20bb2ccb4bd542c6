//! Folders that a program copies to other machines while it likes.
//!
//! Such a program takes files one by one and at its own pace, so another machine gets a catalogue
//! of one moment with an index of another; it may also hold a file open, or bring an old one back.

use std::path::Path;

/// Names of folders that belong to one, and what it is called.
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

/// Files and folders that one leaves in the folder it copies.
const MARKS: [(&str, &str); 5] = [
    (".stfolder", "Syncthing"),
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".owncloudsync.log", "Nextcloud"),
    (".nextcloudsync.log", "Nextcloud"),
];

/// Which program copies a folder to other machines, if one seems to. Names may go on after a
/// blank, a bracket or a hyphen: `OneDrive - Harbour Works`, `Dropbox (Personal)`.
pub fn synced_by(folder: &Path) -> Option<&'static str> {
    folder.ancestors().find_map(|place| {
        let name = place.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let named = NAMES.iter().find(|(known, _)| {
            let rest = name.strip_prefix(&known.to_lowercase());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-', '(', '_']))
        });
        let marked = || MARKS.iter().find(|(mark, _)| place.join(mark).exists());
        named.or_else(marked).map(|(_, program)| *program)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::synced_by;

    #[test]
    fn a_folder_that_is_copied_elsewhere_is_known_by_its_name_or_its_mark() {
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
