//! What crosses to the screen and what `--json` prints: requests, replies, events and problem
//! codes. Plain data; knows neither the domain nor the engines. The TypeScript in
//! `ui/src/contract.ts` is made from these types by the test in [`typescript`].

mod problem;
mod library;
mod ask;
mod settings;
mod models;
mod score;
mod inspect;
mod judge;
mod look;
#[cfg(test)]
mod typescript;

pub use ask::{
    AnswerView, AskEvent, AskReply, AskRequest, BlendView, CandidateRow, CitationRow, ConversationRow, FusedView,
    LexicalView, ModelsUsed, PlaceView, RerankView, ScoredRow, ScoresRow, StageRow, ThresholdView, TurnRow, VectorView,
    WindowView,
};
pub use inspect::{
    ChunkSpan, CostView, DiskRow, DocumentPage, DocumentView, ExplainEvent, ExplainReply, ExplainRequest, SentenceRow,
    SetUp,
};
pub use judge::{
    BandRow, CutPoint, ImportReply, LabelRow, MarkRequest, MeasureStep, OrderRow, ProposalRow, QuestionRow, RunRow,
};
pub use library::{
    CheckProblem, CheckReply, DocumentList, DocumentRow, FileRow, FolderList, FolderRow, IngestReply, LibraryEvent,
    LibraryView, NoticeRow, PageRow, PageView, PassageView, SnapshotList, SnapshotRow,
};
pub use look::SystemLook;
pub use models::{Hello, LanguageRow, ModelRegistryView, ModelRow, PullEvent};
pub use problem::{ProblemCode, ProblemView};
pub use score::{
    BenchReply, EmbedReply, EmbedRow, Interval, MeasureReply, MeasureStage, Percentiles, RerankReply, RerankRow,
};
pub use settings::{HostedChoice, OrderChoice, PrecisionChoice, RerankChoice, Settings, ThemeChoice, ThresholdChoice};
