//! The report for a bug report: this machine, the models, the library in numbers, and what needs doing. It holds no name and
//! no text of a document, and no secret.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::closed_set::closed_set;
use crate::{DiskRow, DocumentState, FaultKind, ModelRole, ModelState, NoticeKind, ProblemCode, RemoteRole};

/// The report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DoctorReply {
    /// Whether nothing needs doing.
    pub ok: bool,
    /// The program and the system.
    pub program: ProgramView,
    /// The processor and the memory.
    pub machine: MachineView,
    /// The data folder.
    pub data: DataView,
    /// The catalogue.
    pub catalogue: CatalogueView,
    /// Indexes in the data folder.
    pub indexes: Vec<IndexView>,
    /// The models that are on this machine or that the settings name.
    pub models: Vec<DoctorModel>,
    /// Devices of the encoders.
    pub devices: Vec<DeviceView>,
    /// Text recognition.
    pub recognition: RecognitionView,
    /// Settings that differ from the defaults, as `settings.toml` writes them, without secrets.
    pub settings: BTreeMap<String, String>,
    /// What happened to the library, or waits in it.
    pub notices: Vec<DoctorNotice>,
    /// What needs doing.
    pub findings: Vec<Finding>,
}

/// The program and the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgramView {
    /// Version of Assay.
    pub version: String,
    /// Whether it was built with optimizations.
    pub optimized: bool,
    /// `linux`, `macos`, `windows`.
    pub os: String,
    /// The system's own name with its version, where it tells.
    pub system: Option<String>,
    /// `x86_64`, `aarch64`.
    pub architecture: String,
    /// Variables of Assay that are set in the environment, without their values.
    pub environment: Vec<String>,
}

/// The processor and the memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MachineView {
    /// The processor's own name, where the system tells.
    pub processor: Option<String>,
    /// Instruction sets that the arithmetic uses, best first.
    pub features: Vec<String>,
    /// Threads that the system runs at once.
    pub logical_cores: u32,
    /// Threads of the encoders.
    pub threads: u32,
    /// Bytes of main memory.
    pub memory: Option<u64>,
}

closed_set! {
    /// Whether the data folder is in use.
    DataState {
        /// There is no library yet.
        Absent = "absent",
        /// It holds other files and is no library.
        Foreign = "foreign",
        /// No Assay has it open.
        Free = "free",
        /// Another Assay has it open.
        InUse = "in_use",
        /// It cannot be read.
        Unreadable = "unreadable",
    }
}

/// The data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataView {
    /// Its path, with `~` for the user's own folder.
    pub folder: String,
    /// Whether it is in use.
    pub state: DataState,
    /// Free bytes on its disk.
    pub disk_free: Option<u64>,
    /// Bytes of its parts.
    pub disk: Vec<DiskRow>,
    /// Snapshots of the catalogue.
    pub snapshots: u32,
    /// Files and folders that repairs moved away.
    pub moved_away: u32,
    /// Whether a restore was begun and not finished.
    pub restoring: bool,
    /// The program that copies the folder to other machines.
    pub synced_by: Option<String>,
    /// What the library is to an object store: unless that is off, the text of its documents lies there, too.
    pub shared: RemoteRole,
}

closed_set! {
    /// What the catalogue is.
    CatalogueState {
        /// There is none yet.
        Absent = "absent",
        /// It is whole, as far as was looked.
        Whole = "whole",
        /// It is damaged.
        Damaged = "damaged",
        /// A later Assay wrote it.
        Newer = "newer",
        /// It could not be read at this moment.
        Busy = "busy",
    }
}

/// The catalogue in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueView {
    /// What it is.
    pub state: CatalogueState,
    /// Layout of its file.
    pub layout: Option<i64>,
    /// Layout that this program writes.
    pub newest_layout: i64,
    /// Numbers of its rows; absent if it cannot be read.
    pub counts: Option<CatalogueCounts>,
}

/// Numbers of rows in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueCounts {
    /// Documents by state.
    pub documents: BTreeMap<DocumentState, u32>,
    /// Documents that failed or are unreachable, by problem.
    pub problems: BTreeMap<ProblemCode, u32>,
    /// Pages.
    pub pages: u32,
    /// Pages that were not read, or in part, by fault.
    pub page_faults: BTreeMap<FaultKind, u32>,
    /// Chunks that the index should hold.
    pub chunks: u64,
    /// Watched folders.
    pub folders: u32,
    /// Kept questions.
    pub questions: u32,
    /// Judgements.
    pub judgements: u32,
    /// What waits.
    pub queue: QueueCounts,
    /// Whether a rebuild of the index was begun and not finished.
    pub rebuilding: bool,
}

/// What waits in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct QueueCounts {
    /// Files to read.
    pub read: u32,
    /// Files and folders to look through.
    pub walk: u32,
    /// Rebuilds.
    pub rebuild: u32,
    /// Those of all of them that the user stopped.
    pub stopped: u32,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexView {
    /// Name of its folder.
    pub folder: String,
    /// Whether it answers.
    pub answers: bool,
    /// Whether it can be read.
    pub readable: bool,
    /// The bi-encoder that filled it.
    pub embedder: Option<String>,
    /// Rows in it.
    pub rows: Option<u64>,
    /// Layout of its table.
    pub layout: Option<String>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorModel {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Option<ModelRole>,
    /// Whether it is on this machine.
    pub state: ModelState,
    /// Bytes of its files.
    pub bytes: u64,
    /// Whether the settings name it, or the index needs it.
    pub used: bool,
    /// Whether its files are what their checksums say; absent if that was not checked, as for models that are not used.
    pub verified: Option<bool>,
    /// The precision that it computes in; absent before it was tried.
    pub precision: Option<String>,
    /// Why this precision.
    pub precision_why: Option<String>,
}

/// A device of the encoders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceView {
    /// What runs there.
    pub what: String,
    /// The device, with the reason why a faster one is not used.
    pub device: String,
}

/// Text recognition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecognitionView {
    /// Whether the settings want it.
    pub wanted: bool,
    /// Tesseract's version; absent if it is not installed.
    pub version: Option<String>,
    /// Languages that are installed.
    pub languages: Vec<String>,
    /// Languages of the settings that are not.
    pub missing: Vec<String>,
}

closed_set! {
    /// What needs doing.
    FindingKind {
        /// The settings cannot be read, or hold an invalid value.
        Settings = "settings",
        /// The data folder cannot be used.
        DataFolder = "data_folder",
        /// The data folder is copied to other machines.
        SyncedFolder = "synced_folder",
        /// The disk is nearly full.
        DiskFull = "disk_full",
        /// The catalogue is damaged.
        CatalogueDamaged = "catalogue_damaged",
        /// A later Assay wrote the catalogue.
        CatalogueNewer = "catalogue_newer",
        /// The catalogue could not be read.
        CatalogueBusy = "catalogue_busy",
        /// The index is missing or cannot be read.
        IndexDamaged = "index_damaged",
        /// The index lacks passages.
        IndexIncomplete = "index_incomplete",
        /// Another model than that of the settings filled the index.
        IndexOfAnotherModel = "index_of_another_model",
        /// A rebuild was interrupted.
        RebuildInterrupted = "rebuild_interrupted",
        /// A restore was interrupted.
        RestoreInterrupted = "restore_interrupted",
        /// A model that is used is not on this machine.
        ModelMissing = "model_missing",
        /// The files of a model are not what they should be.
        ModelDamaged = "model_damaged",
        /// Pages wait for text recognition, which is not installed.
        RecognitionMissing = "recognition_missing",
    }
}

/// Something that happened to the library, or waits in it; nothing needs doing about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorNotice {
    /// Which kind.
    pub kind: NoticeKind,
    /// One sentence.
    pub what: String,
}

/// Something that needs doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which kind.
    pub kind: FindingKind,
    /// What was found.
    pub what: String,
    /// What to do.
    #[serde(rename = "do")]
    pub action: String,
}
