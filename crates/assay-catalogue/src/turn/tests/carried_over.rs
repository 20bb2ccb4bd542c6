//! A library of layout 8, dumped from a file that the version before wrote (`tests/layout-8.sql`): two
//! conversations, one document that was removed, a turn of the first versions, and three turns that nothing
//! can read.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use assay_domain::port::{Catalogue, ScoreScale};
use assay_domain::score::{BlendScore, FusedScore, LexicalScore, RerankScore, VectorScore};
use assay_domain::{
    Answer, AnswerKind, ChunkId, Citation, Cut, CutOn, CutRule, DocumentId, DocumentState, GenerationId, OrderRule,
    Outcome, Precision, Problem, Reason, ReasonCode, RerankerStats, Stage, StageName, StageState,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::tests::holds;
use crate::turn::{NewTurn, TurnCandidate, TurnModels};
use crate::{Store, Upgrade, restore, snapshots};

const LAYOUT_8: &str = include_str!("../../../tests/layout-8.sql");
const SECRET: DocumentId = DocumentId(1);
const KEPT: DocumentId = DocumentId(2);

struct Old {
    folder: TempDir,
}

impl Old {
    /// A catalogue of layout 8 with a whole snapshot and a small one, both of layout 8.
    fn new() -> Self {
        let old = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(old.snapshots()).unwrap();
        let write = |path: PathBuf| {
            let connection = Connection::open(path).unwrap();
            connection.pragma_update(None, "secure_delete", "ON").unwrap();
            connection.execute_batch(LAYOUT_8).unwrap();
            connection
        };
        write(old.catalogue());
        write(old.snapshots().join("2026-layout8-before-rebuild.sqlite"));
        let small = write(old.snapshots().join("without-text.sqlite"));
        small.execute_batch("DELETE FROM headings; DELETE FROM pages").unwrap();
        old
    }

    fn catalogue(&self) -> PathBuf {
        self.folder.path().join("catalogue.sqlite")
    }

    fn snapshots(&self) -> PathBuf {
        self.folder.path().join("snapshots")
    }

    fn open(&self) -> Store {
        Store::open(&self.catalogue()).unwrap()
    }

    fn holds(&self, words: &str) -> bool {
        holds(self.folder.path(), words.as_bytes())
    }
}

fn chunk(generation: i64, ordinal: u32) -> ChunkId {
    ChunkId { generation: GenerationId(generation), ordinal }
}

fn rerank(model: &str, logit: f32, rank: u32, (window, windows): (u32, u32)) -> RerankScore {
    let (model, probability) = (model.into(), 1.0 / (1.0 + (-logit).exp()));
    RerankScore { model, logit, probability, rank, tokens_read: 300, tokens_total: 411, windows, window }
}

fn candidate(chunk: ChunkId, document: DocumentId, name: &str, text: &str, outcome: Outcome) -> TurnCandidate {
    TurnCandidate {
        chunk,
        document,
        name: name.into(),
        offline: false,
        page: None,
        heading: None,
        text: text.into(),
        vector: None,
        lexical: None,
        drafted: Vec::new(),
        fused: None,
        rerank: None,
        first_rerank: None,
        blend: None,
        outcome,
    }
}

fn cites(chunk: ChunkId, document: DocumentId, quote: &str) -> Vec<Citation> {
    vec![Citation { number: 1, chunk, document, page: Some(1), quote: quote.into() }]
}

/// What the version before was given when it wrote the file.
fn full(kind: AnswerKind, answer: &str, citations: Vec<Citation>) -> NewTurn {
    let first = TurnCandidate {
        offline: true,
        page: Some(1),
        heading: Some("heading of the xylophone".into()),
        vector: Some(VectorScore { similarity: 0.123_456_7, rank: 1 }),
        lexical: Some(LexicalScore { score: 17.300_001, rank: 2 }),
        fused: Some(FusedScore { score: 1.0 / 61.0 + 1.0 / 62.0, rank: 1 }),
        rerank: Some(rerank("larger", 271_828.0 / 100_000.0, 1, (2, 3))),
        first_rerank: Some(rerank("cross", -11.374_999, 2, (1, 1))),
        blend: Some(BlendScore { score: 1.0 / 61.0 + 1.0 / 61.0, rank: 1 }),
        ..candidate(chunk(1, 0), SECRET, "secret.pdf", "the xylophone treaty of Zanzibar", Outcome::Kept)
    };
    let second = TurnCandidate {
        lexical: Some(LexicalScore { score: 0.1 + 0.2, rank: 1 }),
        fused: Some(FusedScore { score: 1.0 / 61.0, rank: 2 }),
        rerank: Some(rerank("cross", f32::MIN_POSITIVE, 2, (1, 1))),
        ..candidate(chunk(2, 1), KEPT, "kept.pdf", "plain words: \"灯塔\" \\ and a\nline", Outcome::Kept)
    };
    let third = TurnCandidate {
        vector: Some(VectorScore { similarity: -0.25, rank: 2 }),
        fused: Some(FusedScore { score: 1.0 / 62.0, rank: 3 }),
        ..candidate(chunk(2, 0), KEPT, "kept.pdf", "more words", Outcome::NotReranked)
    };
    let stats = |precision| RerankerStats {
        model: "cross".into(),
        precision,
        computed: 30,
        cached: 20,
        tokenizing: Duration::from_nanos(1_234_567),
    };
    let stage = |name, nanoseconds, state, reason: Option<(ReasonCode, &str)>| Stage {
        name,
        time: Duration::from_nanos(nanoseconds),
        state,
        reason: reason.map(|(code, text)| Reason::new(code, text)),
        reranker_stats: Vec::new(),
        also_searched: Vec::new(),
        drafts: Vec::new(),
    };
    let english = Some((ReasonCode::LanguageUnknownToEmbedder, "it reads English only"));
    let missing = Some((ReasonCode::NoSecondReranker, "it is not there"));
    let stopped = Some((ReasonCode::Stopped, "stopped before the answer was whole"));
    NewTurn {
        question: "Where is the treaty?".into(),
        standalone: None,
        collection: None,
        narrowed: None,
        device: "processor; no graphics card is used".into(),
        models: TurnModels {
            embedder: "bi".into(),
            reranker: Some("cross".into()),
            second_reranker: Some("larger".into()),
            writer: Some("writer".into()),
            rerank_scale: Some(ScoreScale::Logit),
        },
        candidates: vec![first, second, third],
        order: Some(OrderRule::Blend),
        cut: Cut {
            value: Some(0.55),
            on: CutOn::RerankProbability,
            rule: CutRule::Fixed,
            why: "fixed at 0.55 in the settings".into(),
        },
        answer: Answer { citations, ..Answer::of(kind, answer) },
        stages: vec![
            stage(StageName::Embed, 1_500_000, StageState::Done, None),
            stage(StageName::Vector, 250_000, StageState::Skipped, english),
            Stage {
                reranker_stats: vec![stats(Precision::Int8), stats(Precision::Hosted)],
                ..stage(StageName::Rerank, 123_456_789, StageState::FellBack, missing)
            },
            stage(StageName::Answer, 0, StageState::Stopped, stopped),
        ],
    }
}

fn first_conversation() -> [NewTurn; 3] {
    [
        full(AnswerKind::Extractive, "the xylophone treaty [1]", cites(chunk(1, 0), SECRET, "the xylophone treaty")),
        full(AnswerKind::Written, "something of the xylophone [1]", cites(chunk(2, 1), KEPT, "plain words")),
        full(AnswerKind::Extractive, "plain words [1]", cites(chunk(2, 1), KEPT, "plain words")),
    ]
}

fn second_conversation() -> [NewTurn; 3] {
    let refused = NewTurn {
        models: TurnModels { embedder: "bi".into(), ..TurnModels::default() },
        candidates: Vec::new(),
        order: None,
        cut: Cut { value: None, on: CutOn::None, rule: CutRule::NotReranked, why: "nothing to cut".into() },
        ..full(AnswerKind::Refused, "nothing was good enough", Vec::new())
    };
    let ostrich = TurnCandidate {
        page: Some(1),
        fused: Some(FusedScore { score: 1.0 / 61.0, rank: 1 }),
        ..candidate(chunk(3, 0), DocumentId(3), "", "", Outcome::Kept)
    };
    let withdrawn = NewTurn {
        question: "What of the big bird?".into(),
        candidates: vec![ostrich],
        order: None,
        ..full(AnswerKind::Extractive, "", cites(chunk(3, 0), DocumentId(3), ""))
    };
    let mut early = full(AnswerKind::Extractive, "plain words [1]", cites(chunk(2, 1), KEPT, "plain words"));
    early.question = "An early one?".into();
    early.order = None;
    (early.models.second_reranker, early.models.rerank_scale) = (None, None);
    early.candidates.truncate(2);
    for each in &mut early.candidates {
        (each.offline, each.first_rerank, each.blend) = (false, None, None);
        if let Some(rerank) = &mut each.rerank {
            (rerank.model, rerank.window, rerank.windows) = ("".into(), 1, 1);
        }
    }
    [refused, withdrawn, early]
}

#[test]
fn every_turn_comes_over_with_all_that_is_in_it() {
    let old = Old::new();
    let store = old.open();
    assert_eq!(store.upgrade(), Some(Upgrade { from: 8, unreadable_turns: 3 }));
    for (conversation, expected) in [(1, first_conversation()), (2, second_conversation())] {
        let turns = store.turns(conversation).unwrap();
        for (row, expected) in turns.iter().zip(&expected) {
            assert_eq!(&row.turn, expected);
            assert_eq!(row.withdrawn, expected.question.contains("bird"));
            assert!(row.created > 1_700_000_000);
        }
        assert!(turns[..3].iter().all(|row| !row.unreadable));
        let bare: Vec<_> = turns[3..].iter().map(|row| (row.turn.question.as_str(), row.unreadable)).collect();
        let unread = [("Not JSON?", true), ("Another form?", true), ("Unknown name?", true)];
        assert_eq!(bare, if conversation == 1 { &unread[..0] } else { &unread[..] }, "shown without their details");
        assert!(turns[3..].iter().all(|row| row.turn.answer.text == "of the xylophone"));
    }
    assert_eq!(store.turns(1).unwrap().iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3]);
    let counts: Vec<_> = store.conversations().unwrap().into_iter().map(|row| (row.id, row.turns)).collect();
    assert_eq!(counts, [(2, 6), (1, 3)]);
    assert!(snapshots(&old.snapshots()).iter().any(|each| each.name.ends_with("-layout8-before-upgrade.sqlite")));

    let again = store.save_turn(Some(1), &first_conversation()[0]).unwrap();
    assert_eq!(again, 1);
    assert!(store.turns(1).unwrap()[3].id > 9, "numbers go on where they were");
    drop(store);
    assert_eq!(old.open().upgrade(), None);
}

#[test]
fn a_turn_that_cannot_be_read_stays_with_its_question_its_answer_and_its_reply() {
    let old = Old::new();
    let store = old.open();
    let kept: Vec<(String, String, String)> = store
        .read(|connection| {
            let mut statement = connection.prepare(
                "SELECT question, answer, reply FROM unreadable_turns JOIN turns ON turns.id = turn ORDER BY turn",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let questions: Vec<_> = kept.iter().map(|(question, ..)| question.as_str()).collect();
    assert_eq!(questions, ["Not JSON?", "Another form?", "Unknown name?"]);
    assert!(kept.iter().all(|(_, answer, _)| answer == "of the xylophone"));
    assert_eq!(kept[0].2, "no JSON, but words of the xylophone");
    assert_eq!(kept[1].2, r#"{"hits":["the xylophone"]}"#);
    assert!(kept[2].2.contains("\"cherished\""));
    assert!(store.find_conversations("another form").unwrap().contains(&2));
}

#[test]
fn all_else_is_as_it_was() {
    let old = Old::new();
    let store = old.open();
    let documents = store.documents().unwrap();
    let rows: Vec<_> = documents.iter().map(|row| (row.id.0, row.name.as_str(), row.state, row.pages)).collect();
    assert_eq!(
        rows,
        [
            (1, "secret.pdf", DocumentState::Committed, 2),
            (2, "kept.pdf", DocumentState::Committed, 2),
            (4, "failed.pdf", DocumentState::Failed, 0)
        ]
    );
    assert_eq!(documents[2].problem, Some(Problem::EncryptedFile));
    assert_eq!(store.pages(KEPT).unwrap()[0].text, "plain words: 灯塔");
    assert_eq!((store.labels().unwrap().len(), store.runs().unwrap().len(), store.folders().unwrap().len()), (2, 1, 1));
    assert_eq!(store.shadow_index().unwrap().as_deref(), Some("index-2"));
    assert_eq!(store.shadow_documents().unwrap()[&KEPT].chunks, Some(2));
}

#[test]
fn a_removal_leaves_no_word_in_the_catalogue_and_in_snapshots_of_the_old_layout() {
    let old = Old::new();
    let store = old.open();
    assert!(old.holds("xylophone") && old.holds("secret.pdf"));
    store.remove(&[SECRET]).unwrap();
    assert_eq!(store.purge_snapshots(&old.snapshots()).unwrap(), 3);
    for words in ["xylophone", "Zanzibar", "secret.pdf", "heading of"] {
        assert!(!old.holds(words), "{words} is still there");
    }
    let layouts: Vec<i64> = snapshots(&old.snapshots()).iter().map(|each| each.layout).collect();
    assert_eq!(layouts, [8, 8, 8], "a snapshot keeps the layout that it was taken with");
    check_withdrawn(&store);

    drop(store);
    let snapshot = snapshots(&old.snapshots()).into_iter().find(|each| each.name.contains("rebuild")).unwrap();
    restore(&snapshot, &old.catalogue(), &old.folder.path().join("damaged")).unwrap();
    let store = old.open();
    assert_eq!(store.upgrade(), Some(Upgrade { from: 8, unreadable_turns: 3 }));
    check_withdrawn(&store);
}

/// What is left of the first conversation: scores, and answers that the removed document is no part of.
fn check_withdrawn(store: &Store) {
    let turns = store.turns(1).unwrap();
    let answers: Vec<_> = turns.iter().map(|row| (row.withdrawn, row.turn.answer.text.as_str())).collect();
    assert_eq!(answers, [(true, ""), (true, ""), (false, "plain words [1]")]);
    for (row, before) in turns.iter().zip(first_conversation()) {
        let [first, second, third] = row.turn.candidates.as_slice() else { panic!("{row:?}") };
        let expected = &before.candidates[0];
        assert_eq!((first.name.as_str(), first.text.as_str(), &first.heading), ("", "", &None));
        assert_eq!((&first.rerank, first.blend, first.vector), (&expected.rerank, expected.blend, expected.vector));
        assert_eq!([second, third], [&before.candidates[1], &before.candidates[2]]);
    }
    assert_eq!(turns[0].turn.answer.citations[0].quote, "");
    assert_eq!(turns[2].turn.answer.citations[0].quote, "plain words");
}

#[test]
fn documents_of_layout_8_are_read_again_by_the_next_reader() {
    let store = Old::new().open();
    let documents = assay_domain::port::Catalogue::documents(&store).unwrap();
    let read: Vec<_> = documents.iter().filter(|document| document.generation.is_some()).collect();
    assert!(!read.is_empty());
    for document in read {
        let hash = &document.fingerprint.as_ref().unwrap().hash;
        assert_eq!(document.reader_revision, None);
        assert!(!document.is_read(hash, "any reader", 0), "{}", document.name);
    }
}
