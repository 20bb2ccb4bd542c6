//! Keeps `ui/src/contract.ts` equal to the types of this crate. After a change, run the test once with
//! `ASSAY_WRITE_CONTRACT=1` to write the file.

use ts_rs::{Config, TS};

use crate::*;

#[test]
fn the_screen_and_the_program_share_one_contract() {
    let config = Config::default();
    macro_rules! declarations {
        ($($name:ty),* $(,)?) => { [$(<$name as TS>::decl(&config)),*] };
    }
    let declarations = declarations![
        ProblemCode,
        ProblemView,
        DocumentState,
        Extractor,
        PageOutcome,
        FaultKind,
        PageRow,
        DocumentRow,
        FolderState,
        FolderRow,
        NoticeKind,
        WorkState,
        WaitingWork,
        NoticeFact,
        NoticeRow,
        LibraryView,
        BackupChoice,
        BackupGap,
        BackupProgress,
        BackupReply,
        BackupRoot,
        BackupView,
        FileState,
        FileRow,
        IngestReply,
        LibraryEvent,
        RemovedRow,
        PageView,
        PassageView,
        CheckKind,
        CheckProblem,
        CheckReply,
        RerankChoice,
        DraftChoice,
        OrderChoice,
        ThresholdChoice,
        ThemeChoice,
        PrecisionChoice,
        HostedChoice,
        Settings,
        AskRequest,
        VectorView,
        LexicalView,
        FusedView,
        RerankView,
        WindowView,
        BlendView,
        OrderRule,
        PlaceView,
        Outcome,
        DraftedQuery,
        DraftedView,
        CandidateRow,
        ThresholdOn,
        ThresholdRule,
        ThresholdView,
        CitationRow,
        AnswerKind,
        CitationVerdict,
        CheckedBy,
        CitationCheckView,
        AnswerSentenceView,
        AnswerView,
        StageName,
        StageState,
        ReasonCode,
        Precision,
        ScoresRow,
        DraftRow,
        StageRow,
        ScoreScale,
        LexicalFields,
        ModelsUsed,
        AskReply,
        ScoredRow,
        AskEvent,
        ConversationRow,
        TurnRow,
        ModelRole,
        ModelState,
        ModelObstacle,
        Metric,
        ModelRow,
        LanguageRow,
        KeyPlace,
        PairRow,
        MirrorRow,
        ModelRegistryView,
        PullPhase,
        PullEvent,
        Hello,
        ExplainRequest,
        SentenceRow,
        ExplainReply,
        ExplainEvent,
        SetUp,
        WhyRequest,
        WhyMatch,
        WhyStageName,
        WhyStanding,
        WhyOutcome,
        WhyStage,
        WhyPassage,
        WhyUnread,
        WhyReply,
        ChunkSpan,
        DocumentPage,
        DocumentView,
        DiskPart,
        DiskRow,
        CostView,
        MarkRequest,
        LabelOrigin,
        LabelRow,
        ProposalSource,
        ProposalRow,
        ImportReply,
        Interval,
        OrderName,
        OrderRow,
        QuestionRow,
        CutPoint,
        BandRow,
        RunRow,
        MeasureStep,
        SystemLook,
    ];
    let mut wanted = String::from("// Generated from crates/assay-contract by its test; do not edit by hand.\n");
    for declaration in declarations {
        wanted.push_str("\nexport ");
        wanted.push_str(&declaration);
        wanted.push('\n');
    }

    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/contract.ts");
    if std::env::var_os("ASSAY_WRITE_CONTRACT").is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == wanted,
        "ui/src/contract.ts is out of date: run this test with ASSAY_WRITE_CONTRACT=1 and commit the file"
    );
}
