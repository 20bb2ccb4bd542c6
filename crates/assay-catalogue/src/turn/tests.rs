//! Kept turns on a real file: written, read, purged, and carried over from the JSON of earlier layouts.

mod carried_over;
mod drafted;

use std::time::Duration;

use assay_domain::port::{Catalogue, ScoreScale};
use assay_domain::score::{BlendScore, FusedScore, LexicalScore, RerankScore, VectorScore};
use assay_domain::{
    Answer, AnswerKind, AnswerSentence, CheckScore, ChunkId, Citation, CitationCheck, Cut, CutOn, CutRule, DocumentId,
    GenerationId, Narrowed, OrderRule, Outcome, Precision, Reason, ReasonCode, RerankerStats, Stage, StageName,
    StageState,
};

use crate::tests::Library;
use crate::turn::{NewTurn, TurnCandidate, TurnModels};

/// A turn about documents, with the outcome of each one's candidate, and the documents that its answer cites.
pub fn about(
    question: &str,
    answer: &str,
    kind: AnswerKind,
    documents: &[(DocumentId, Outcome)],
    cited: &[DocumentId],
) -> NewTurn {
    let chunk = |document: DocumentId| ChunkId { generation: GenerationId(document.0), ordinal: 0 };
    let candidates = documents.iter().map(|(document, outcome)| TurnCandidate {
        chunk: chunk(*document),
        document: *document,
        name: format!("file{document}.pdf"),
        offline: false,
        page: Some(7),
        heading: Some(format!("head{document}")),
        text: format!("words{document} 信 \"x\""),
        vector: Some(VectorScore { similarity: 0.123_456_7, rank: 1 }),
        lexical: None,
        drafted: Vec::new(),
        fused: None,
        rerank: None,
        first_rerank: None,
        blend: None,
        outcome: *outcome,
    });
    let citations = cited.iter().map(|document| Citation {
        number: 1,
        chunk: chunk(*document),
        document: *document,
        page: None,
        quote: format!("words{document}"),
    });
    NewTurn {
        question: question.to_owned(),
        standalone: None,
        collection: None,
        narrowed: None,
        device: "processor".to_owned(),
        models: TurnModels::default(),
        candidates: candidates.collect(),
        order: Some(OrderRule::Fused),
        cut: Cut { value: None, on: CutOn::None, rule: CutRule::NotReranked, why: "nothing to cut".to_owned() },
        answer: Answer { citations: citations.collect(), ..Answer::of(kind, answer) },
        stages: Vec::new(),
    }
}

#[test]
fn a_follow_up_is_kept_with_the_question_it_was_searched_as() {
    let library = Library::new();
    let alone = Some("How often is the pump cleaned?".to_owned());
    let turn = NewTurn { standalone: alone, ..about("And how often?", "4 files", AnswerKind::Catalogue, &[], &[]) };
    let id = library.store.save_turn(None, &turn).unwrap();
    let kept: Vec<NewTurn> = library.store.turns(id).unwrap().into_iter().map(|kept| kept.turn).collect();
    assert_eq!(kept, [turn]);
}

#[test]
fn a_written_answer_is_kept_with_its_sentences_and_the_collection_that_was_asked() {
    let library = Library::new();
    let document = library.enqueue("/a.pdf");
    let turn =
        about("Where?", "There [1]. Or not. [7]", AnswerKind::Written, &[(document, Outcome::Kept)], &[document]);
    let sentence = |range, cites: &[u32], score: Option<CheckScore>| AnswerSentence {
        range,
        cites: cites.to_vec(),
        check: score.map(|score| CitationCheck { model: "cross".into(), score, limit: 0.5 }),
    };
    let rerank = CheckScore::Rerank { logit: -3.207_5, probability: 0.041_4 };
    let sentences = vec![
        sentence(0..10, &[1, 12], Some(rerank)),
        sentence(11..18, &[], None),
        sentence(11..18, &[1], Some(CheckScore::Cosine(0.87))),
    ];
    let answer = Answer { unknown: vec![7], sentences, ..turn.answer.clone() };
    let narrowed = Some(Narrowed { documents: 3, of: 20 });
    let turn = NewTurn { collection: Some("letters".into()), narrowed, answer, ..turn };
    let id = library.store.save_turn(None, &turn).unwrap();
    assert_eq!(library.store.turns(id).unwrap()[0].turn, turn);

    library.store.remove(&[document]).unwrap();
    let kept = library.store.turns(id).unwrap().remove(0);
    assert!(kept.withdrawn && kept.turn.answer.sentences.is_empty(), "they are parts of a text that is gone");
}

#[test]
fn a_turn_comes_back_as_it_was_kept_bit_for_bit() {
    let library = Library::new();
    let [first, second] = ["/a.pdf", "/b.pdf"].map(|path| library.enqueue(path));
    let rerank = |model: &str, logit: f32, windows| RerankScore {
        model: model.into(),
        logit,
        probability: assay_domain::score::sigmoid(logit),
        rank: 2,
        tokens_read: 300,
        tokens_total: 411,
        windows,
        window: windows,
    };
    let kept =
        about("合同?", "there [1]", AnswerKind::Written, &[(first, Outcome::Kept), (second, Outcome::Kept)], &[second]);
    let mut full = kept.clone();
    full.models = TurnModels {
        embedder: "bi".into(),
        reranker: Some("cross".into()),
        second_reranker: Some("larger".into()),
        writer: Some("writer".into()),
        rerank_scale: Some(ScoreScale::LogOdds),
    };
    full.cut = Cut { value: Some(0.1 + 0.2), on: CutOn::RerankProbability, rule: CutRule::Fixed, why: "fixed".into() };
    full.candidates[0] = TurnCandidate {
        offline: true,
        page: None,
        heading: None,
        lexical: Some(LexicalScore { score: 17.300_001, rank: 3 }),
        fused: Some(FusedScore { score: 1.0 / 61.0 + 1.0 / 63.0, rank: 1 }),
        rerank: Some(rerank("larger", -11.374_999, 3)),
        first_rerank: Some(rerank("cross", f32::MIN_POSITIVE, 1)),
        blend: Some(BlendScore { score: 1.0 / 61.0 + 1.0 / 62.0, rank: 1 }),
        ..full.candidates[0].clone()
    };
    let stats = RerankerStats {
        model: "cross".into(),
        precision: Precision::Int8,
        computed: 30,
        cached: 20,
        tokenizing: Duration::from_nanos(1_234_567),
    };
    full.stages = vec![
        Stage {
            name: StageName::Rerank,
            time: Duration::from_nanos(123_456_789),
            state: StageState::FellBack,
            reason: Some(Reason::new(ReasonCode::NoSecondReranker, "it is not there")),
            reranker_stats: vec![stats.clone(), RerankerStats { precision: Precision::Hosted, ..stats }],
            also_searched: Vec::new(),
            drafts: Vec::new(),
        },
        Stage {
            name: StageName::Answer,
            time: Duration::ZERO,
            state: StageState::Done,
            reason: None,
            reranker_stats: vec![],
            also_searched: Vec::new(),
            drafts: Vec::new(),
        },
    ];
    let conversation = library.store.save_turn(None, &full).unwrap();
    library.store.save_turn(Some(conversation), &kept).unwrap();
    let library = library.reopened();
    let turns = library.store.turns(conversation).unwrap();
    assert_eq!(turns.iter().map(|row| &row.turn).collect::<Vec<_>>(), [&full, &kept]);
    assert!(turns.iter().all(|row| !row.withdrawn && row.created > 0));
    assert_eq!(library.store.upgrade(), None);
}

/// A row that a later version or another program wrote.
#[test]
fn a_turn_that_cannot_be_read_hides_no_other() {
    let library = Library::new();
    let document = library.enqueue("/a.pdf");
    let turn = about("q", "a [1]", AnswerKind::Written, &[(document, Outcome::Kept)], &[document]);
    let conversation = library.store.save_turn(None, &turn).unwrap();
    for _ in 0..3 {
        library.store.save_turn(Some(conversation), &turn).unwrap();
    }
    for change in [
        "UPDATE turn_candidates SET outcome = 'cherished' WHERE turn = 2",
        "UPDATE turn_candidates SET ordinal = -1 WHERE turn = 3",
    ] {
        library.store.transact(|transaction| Ok(transaction.execute(change, [])?)).unwrap();
    }
    let turns = library.store.turns(conversation).unwrap();
    assert_eq!(turns.iter().map(|row| row.unreadable).collect::<Vec<_>>(), [false, true, true, false]);
    for row in &turns {
        assert_eq!((row.turn.question.as_str(), row.turn.answer.text.as_str()), ("q", "a [1]"));
        assert_eq!(row.turn.candidates.is_empty(), row.unreadable);
    }
}

#[test]
fn a_score_that_is_not_a_number_stays_one() {
    let library = Library::new();
    let document = library.enqueue("/a.pdf");
    let mut turn = about("q", "a", AnswerKind::Extractive, &[(document, Outcome::Kept)], &[]);
    turn.candidates[0].vector = Some(VectorScore { similarity: f32::NAN, rank: 4 });
    let conversation = library.store.save_turn(None, &turn).unwrap();
    let back = library.store.turns(conversation).unwrap().remove(0).turn.candidates[0].vector.unwrap();
    assert!(back.similarity.is_nan() && back.rank == 4);
}

#[test]
fn words_of_what_is_removed_leave_the_kept_answers() {
    let library = Library::new();
    let [gone, stays] = ["/books/gone.pdf", "/books/stays.pdf"].map(|path| library.enqueue(path));
    let both = [(gone, Outcome::Kept), (stays, Outcome::Kept)];
    // What it is made of, how, what it cites, and whether it stays.
    let cases = [
        (&both[..], AnswerKind::Extractive, vec![gone], false),
        (&both[..], AnswerKind::Extractive, vec![stays], true),
        (&both[..], AnswerKind::Written, vec![stays], false),
        (&[(gone, Outcome::BeyondTop), (stays, Outcome::Kept)], AnswerKind::Written, vec![stays], true),
        (&both[1..], AnswerKind::Extractive, vec![stays], true),
    ];
    let given: Vec<NewTurn> =
        cases.iter().map(|(rows, kind, cited, _)| about("q", "made of words [1]", *kind, rows, cited)).collect();
    let conversation = given.iter().fold(None, |at, turn| Some(library.store.save_turn(at, turn).unwrap())).unwrap();

    library.store.remove(&[gone]).unwrap();
    // One that was being answered meanwhile.
    library.store.save_turn(Some(conversation), &given[0]).unwrap();
    for words in ["gone", "words1", "head1", "file1"] {
        assert!(!library.holds_on_disk(words), "{words} is still there");
    }
    let turns = library.store.turns(conversation).unwrap();
    for ((row, before), (.., answers)) in turns.iter().zip(&given).zip(&cases) {
        assert_eq!((row.turn.answer.text.is_empty(), row.withdrawn), (!answers, !answers), "{row:?}");
        let scores = |turn: &NewTurn| turn.candidates.iter().map(|each| each.vector).collect::<Vec<_>>();
        assert_eq!(scores(&row.turn), scores(before), "scores stay");
        for each in &row.turn.candidates {
            let emptied = (each.name.is_empty(), each.text.is_empty(), each.heading.is_none());
            assert_eq!(emptied, if each.document == gone { (true, true, true) } else { (false, false, false) });
        }
        assert!(row.turn.candidates.iter().any(|each| each.text.contains("words2")), "{row:?}");
    }
    assert_eq!(turns[4].turn, given[4], "what does not name it is as it was");
    assert_eq!(turns[5].turn, turns[0].turn);
    assert!(library.store.find_conversations("made of words").unwrap().contains(&conversation));
    library.store.delete_conversation(conversation).unwrap();
    let left = "SELECT (SELECT count(*) FROM turn_candidates) + (SELECT count(*) FROM turn_citations)";
    let left: i64 = library.store.read(|connection| Ok(connection.query_row(left, [], |row| row.get(0))?)).unwrap();
    assert_eq!(left, 0, "the rows of a turn go with its conversation");
}

#[test]
fn lists_of_files_and_reasons_lose_the_names_of_what_is_removed() {
    let library = Library::new();
    let [gone, stays] = ["/books/gone.pdf", "/books/stays.pdf"].map(|path| library.enqueue(path));
    let list = about("What is in here?", "- gone.pdf\n- stays.pdf", AnswerKind::Catalogue, &[], &[]);
    let list = NewTurn { standalone: Some("What is in the library?".into()), ..list };
    let kept = [(stays, Outcome::Kept)];
    let topic = about("Which files are about lamps?", "- stays.pdf [1]", AnswerKind::Catalogue, &kept, &[stays]);
    let stage = |text: &str| Stage {
        name: StageName::Rerank,
        time: Duration::ZERO,
        state: StageState::FellBack,
        reason: Some(Reason::new(ReasonCode::RerankerFailed, text)),
        reranker_stats: Vec::new(),
        also_searched: Vec::new(),
        drafts: Vec::new(),
    };
    // Asked when the file had another name.
    let both = [(gone, Outcome::Kept), (stays, Outcome::Kept)];
    let reasoned = NewTurn {
        stages: vec![stage("gone.pdf is too long"), stage("file1.pdf is too long"), stage("file2.pdf is too long")],
        ..about("q", "stays [1]", AnswerKind::Extractive, &both, &[stays])
    };
    let turns = [&list, &topic, &reasoned];
    let conversation = turns.iter().fold(None, |at, turn| Some(library.store.save_turn(at, turn).unwrap())).unwrap();
    let later = library.enqueue("/books/later.pdf");
    let postdate = "UPDATE documents SET added = added + 60 WHERE id = 3";
    library.store.transact(|transaction| Ok(transaction.execute(postdate, [])?)).unwrap();

    library.store.remove(&[later]).unwrap();
    assert!(!library.store.turns(conversation).unwrap()[0].withdrawn, "it was made before the document was added");
    library.store.remove(&[gone]).unwrap();
    for words in ["gone.pdf", "file1.pdf"] {
        assert!(!library.holds_on_disk(words), "{words} is still there");
    }
    let found = library.store.turns(conversation).unwrap();
    assert!(found.iter().all(|row| !row.unreadable));
    let answers: Vec<(bool, &str)> = found.iter().map(|row| (row.withdrawn, row.turn.answer.text.as_str())).collect();
    assert_eq!(answers, [(true, ""), (false, "- stays.pdf [1]"), (false, "stays [1]")]);
    assert_eq!(found[0].turn.standalone, list.standalone, "the question is the user's own");
    let reasons: Vec<_> = found[2].turn.stages.iter().map(|stage| stage.reason.clone().unwrap()).collect();
    assert!(reasons.iter().all(|reason| reason.code == ReasonCode::RerankerFailed));
    let texts: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(texts, ["", "", "file2.pdf is too long"]);
}

/// A few rows to a page of the file. If the rows of the first document shrank, deleting conversations would
/// make SQLite merge pages, and copies of the second document's rows would stay where they were.
#[test]
fn no_copy_of_a_removed_text_stays_on_a_page_of_the_file() {
    for length in [70, 95, 105] {
        let library = Library::new();
        let [first, second] = ["/a.txt", "/b.txt"].map(|path| library.enqueue(path));
        let both = [(first, Outcome::Kept), (second, Outcome::Kept)];
        let mut turn = about("q", "a", AnswerKind::Extractive, &both.repeat(12), &[first]);
        for each in &mut turn.candidates {
            each.text = format!("secret{} ", each.document).repeat(length);
        }
        let kept: Vec<i64> = (0..20).map(|_| library.store.save_turn(None, &turn).unwrap()).collect();
        library.store.remove(&[first]).unwrap();
        assert!(!library.holds_on_disk("secret1") && library.holds_on_disk("secret2"));
        for conversation in kept.iter().step_by(2) {
            library.store.delete_conversation(*conversation).unwrap();
        }
        library.store.remove(&[second]).unwrap();
        assert!(!library.holds_on_disk("secret2"), "{length}");
    }
}

#[test]
fn a_cited_passage_is_known_by_the_name_it_had() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, "words");
    library.store.save_turn(None, &about("q", "a", AnswerKind::Refused, &[], &[])).unwrap();
    let turn = about("Where?", "There [1]", AnswerKind::Extractive, &[(document, Outcome::Kept)], &[document]);
    library.store.save_turn(None, &turn).unwrap();
    let chunk = ChunkId { generation: GenerationId(document.0), ordinal: 0 };
    let cited = library.store.cited(chunk).unwrap().unwrap();
    assert_eq!((cited.document, cited.page, cited.heading.as_deref()), (document, Some(7), Some("head1")));
    assert_eq!(cited.text, "words1 信 \"x\"");
    assert_eq!(library.store.cited(ChunkId { ordinal: 1, ..chunk }).unwrap(), None);
    library.store.remove(&[document]).unwrap();
    assert_eq!(library.store.cited(chunk).unwrap(), None);
}
