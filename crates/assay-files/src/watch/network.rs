//! Network file systems: the system reports only the changes that this machine makes there.

use std::path::{Path, PathBuf};

/// Types of network file systems, as `/proc/self/mountinfo` names them (proc(5)).
const NETWORK: [&str; 20] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ncpfs",
    "afs",
    "ceph",
    "9p",
    "virtiofs",
    "vboxsf",
    "prl_fs",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.davfs2",
    "fuse.s3fs",
    "fuse.gvfsd-fuse",
    "fuse.vmhgfs-fuse",
    "fuse.glusterfs",
];

/// The type of the file system that a folder lies on, if it is a network file system.
pub(super) fn kind_of(folder: &Path) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    kind_in(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, folder)
}

fn kind_in(mounts: &str, folder: &Path) -> Option<String> {
    let mounts = mounts.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        Some((PathBuf::from(plain(place.split(' ').nth(4)?)), kind.split(' ').next()?))
    });
    // Of two file systems mounted at one path the later one is on top.
    let (_, kind) =
        mounts.filter(|(place, _)| folder.starts_with(place)).max_by_key(|(place, _)| place.components().count())?;
    NETWORK.contains(&kind).then(|| kind.to_owned())
}

/// A path of mountinfo without its octal escapes.
fn plain(place: &str) -> String {
    place.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::kind_in;

    #[test]
    fn the_innermost_mount_decides() {
        let mounts = "21 1 0:5 / / rw - ext4 /dev/sda1 rw\n\
            22 21 0:6 / /mnt/our\\040share rw,nosuid shared:3 - cifs //host/share rw\n\
            23 22 0:7 / /mnt/our\\040share/local rw - ext4 /dev/sdb1 rw\n";
        let kind = |folder: &str| kind_in(mounts, Path::new(folder));
        assert_eq!(kind("/mnt/our share/notes"), Some("cifs".into()));
        assert_eq!(kind("/mnt/our share/local/notes"), None);
        assert_eq!(kind("/mnt/our share2"), None);
        assert_eq!(kind("/home"), None);
    }
}
