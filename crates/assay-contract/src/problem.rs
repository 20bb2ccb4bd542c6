//! Problems, as the screen acts on them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;

closed_set! {
    /// What went wrong. The screen has a headline and advice for each, in every language.
    ProblemCode {
        /// The format is not one that Assay reads.
        UnsupportedFile = "unsupported_file",
        /// The file is damaged or cannot be opened.
        UnreadableFile = "unreadable_file",
        /// The file needs a password.
        EncryptedFile = "encrypted_file",
        /// The file holds nothing at all.
        EmptyFile = "empty_file",
        /// The pages are pictures without text.
        ScannedFile = "scanned_file",
        /// The file, or the question, is over a limit.
        TooLarge = "too_large",
        /// The user may not read the file or folder.
        NoPermission = "no_permission",
        /// The file is no longer where it was.
        MissingFile = "missing_file",
        /// The file was written to while it was read.
        FileChanged = "file_changed",
        /// Disk, drive or network did not deliver the file's bytes; it is tried again by itself.
        DeviceFault = "device_fault",
        /// The system has no more files to open; it is tried again by itself.
        TooManyOpenFiles = "too_many_open_files",
        /// Another program holds the file; it is tried again by itself.
        FileInUse = "file_in_use",
        /// The child process that read the file died.
        ReaderDied = "reader_died",
        /// The child process that read the file overran its deadline.
        TimedOut = "timed_out",
        /// A model is not on this machine.
        ModelMissing = "model_missing",
        /// A model folder is damaged or does not fit its role.
        ModelWrong = "model_wrong",
        /// Another model or another chunking filled the index.
        IndexOfAnotherModel = "index_of_another_model",
        /// The index on disk cannot be read.
        IndexDamaged = "index_damaged",
        /// What was written to the index did not come back as written.
        NotReadBack = "not_read_back",
        /// Memory ran out.
        OutOfMemory = "out_of_memory",
        /// The disk is full.
        DiskFull = "disk_full",
        /// Another Assay has the data folder open.
        LibraryInUse = "library_in_use",
        /// A backup is restored only into an empty library, and this one is not.
        LibraryNotEmpty = "library_not_empty",
        /// A restore is confirmed and is done at the next start.
        RestoreWaits = "restore_waits",
        /// The file is no backup, or a damaged one.
        BackupUnusable = "backup_unusable",
        /// A newer version of Assay wrote it.
        NewerAssay = "newer_assay",
        /// A file or folder of somebody else has the name that is needed.
        FileInTheWay = "file_in_the_way",
        /// Two folders cannot become one, because files in them have the same names.
        FoldersCollide = "folders_collide",
        /// The object store cannot be reached or is busy; it is tried again by itself.
        RemoteUnreachable = "remote_unreachable",
        /// The object store refuses the keys, the address or the clock, or lacks what is needed.
        RemoteRefused = "remote_refused",
        /// Another machine publishes the library.
        RemoteHeld = "remote_held",
        /// The library follows one that another machine publishes, which takes the files in.
        FollowsAnother = "follows_another",
        /// The library holds nothing to search.
        EmptyLibrary = "empty_library",
        /// The question holds no words.
        EmptyQuestion = "empty_question",
        /// A setting or argument has an invalid value.
        BadSetting = "bad_setting",
        /// The user stopped it.
        Stopped = "stopped",
        /// A fault in Assay: worth a report.
        Bug = "bug",
    }
}

/// A problem with its message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProblemView {
    /// Which problem it is.
    pub problem: ProblemCode,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub action: String,
}
