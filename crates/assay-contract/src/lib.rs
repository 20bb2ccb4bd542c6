//! The contract of the front ends: requests, replies, events and problem codes, as they cross to the
//! screen and as `--json` prints them. Plain data that depends on neither the domain nor the engines.
//! A test generates `ui/src/contract.ts` from these types.

mod closed_set;
mod problem;
mod document;
mod ingest;
mod library;
mod backup;
mod candidate;
mod stage;
mod queue;
mod scope;
mod ask;
mod settings;
mod models;
mod inspect;
mod why;
mod judgement;
mod standalone;
mod doctor;
mod look;
mod remote;
pub mod call;
#[cfg(test)]
mod typescript;

pub use ask::{
    AnswerKind, AnswerSentenceView, AnswerView, AskEvent, AskOptions, AskReply, AskRequest, CheckedBy,
    CitationCheckView, CitationRow, CitationVerdict, ConversationRow, LexicalFields, ModelsUsed, ScoreScale, ScoredRow,
    TurnRow,
};
pub use backup::{BackupChoice, BackupGap, BackupProgress, BackupReply, BackupRoot, BackupView, RestoreReply};
pub use candidate::{
    BlendView, CandidateRow, DraftedView, FusedView, LexicalView, OrderRule, Outcome, PlaceView, RerankView,
    ThresholdOn, ThresholdRule, ThresholdView, VectorView, WindowView,
};
pub use doctor::{
    CatalogueCounts, CatalogueState, CatalogueView, DataState, DataView, DeviceView, DoctorModel, DoctorNotice,
    DoctorReply, Finding, FindingKind, IndexView, MachineView, ProgramView, QueueCounts, RecognitionView,
};
pub use document::{
    ChunkSpan, DocumentList, DocumentPage, DocumentRow, DocumentState, DocumentView, Extractor, FaultKind, PageOutcome,
    PageRow, PageView, PassageView, RemovedList, RemovedRow,
};
pub use ingest::{FileRow, FileState, IngestReply, LibraryEvent};
pub use inspect::{CostView, DiskPart, DiskRow, ExplainEvent, ExplainReply, ExplainRequest, SentenceRow, SetUp};
pub use judgement::{
    BandRow, CutPoint, ImportReply, LabelOrigin, LabelRow, MarkRequest, MeasureStep, OrderRow, ProposalRow,
    ProposalSource, QuestionRow, RunRow,
};
pub use library::{
    CheckKind, CheckProblem, CheckReply, CollectionList, CollectionRow, FolderList, FolderRow, FolderState,
    LibraryView, NoticeFact, NoticeKind, NoticeRow, SnapshotList, SnapshotRow, WaitingWork, WorkState,
};
pub use look::SystemLook;
pub use models::{
    Hello, KeyPlace, LanguageRow, Metric, MirrorRow, ModelObstacle, ModelRegistryView, ModelRole, ModelRow, ModelState,
    PairRow, PullEvent, PullPhase,
};
pub use problem::{ProblemCode, ProblemView};
pub use queue::{QueueReason, QueueReply, QueueRow, QueueWork};
pub use remote::{
    RemoteAddress, RemoteCost, RemoteDone, RemoteHead, RemoteLease, RemoteMirror, RemoteRole, RemoteView,
};
pub use scope::{ScopeChoice, ScopeView};
pub use settings::{
    AUTO_RERANKER, DraftChoice, HostedChoice, OrderChoice, PrecisionChoice, RerankChoice, Settings, ThemeChoice,
    ThresholdChoice,
};
pub use stage::{DraftRow, DraftedQuery, Precision, ReasonCode, ScoresRow, StageName, StageRow, StageState};
pub use standalone::{
    BenchKind, BenchReply, EmbedReply, EmbedRow, Interval, MeasureReply, MeasureStage, OrderName, Percentiles,
    RecallRow, RerankReply, RerankRow, ScaleReply,
};
pub use why::{WhyMatch, WhyOutcome, WhyPassage, WhyReply, WhyRequest, WhyStage, WhyStageName, WhyStanding, WhyUnread};
