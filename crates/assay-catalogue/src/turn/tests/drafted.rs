//! Drafted queries of kept turns.

use std::time::Duration;

use assay_domain::port::Catalogue;
use assay_domain::score::{LexicalScore, VectorScore};
use assay_domain::{
    AnswerKind, Draft, DraftedQuery, DraftedScore, Outcome, Reason, ReasonCode, Stage, StageName, StageState,
};

use super::about;
use crate::tests::Library;
use crate::turn::NewTurn;

/// A turn with two candidates, of which drafted queries found the second one alone.
fn with_drafts(library: &Library) -> NewTurn {
    let documents = ["/a.pdf", "/b.pdf"].map(|path| library.enqueue(path));
    let kept = documents.map(|document| (document, Outcome::Kept));
    let mut turn = about("Where is the pump?", "In the cellar [2].", AnswerKind::Written, &kept, &documents[1..]);
    let vector = Some(VectorScore { similarity: 0.987_654_3, rank: 2 });
    let lexical = Some(LexicalScore { score: 4.1, rank: 9 });
    turn.candidates[1].vector = None;
    turn.candidates[1].drafted = vec![
        DraftedScore { query: DraftedQuery::Hypothetical, rank: 2, vector, lexical: None },
        DraftedScore { query: DraftedQuery::Variant1, rank: 1, vector, lexical },
        DraftedScore { query: DraftedQuery::Variant3, rank: 7, vector: None, lexical },
    ];
    let draft = |query, text: &str| Draft { query, text: text.into() };
    turn.stages = vec![Stage {
        name: StageName::Draft,
        time: Duration::from_millis(1_200),
        state: StageState::Done,
        reason: Some(Reason::new(ReasonCode::Drafted, "queries drafted by a model are searched too")),
        reranker_stats: Vec::new(),
        also_searched: Vec::new(),
        drafts: vec![
            draft(DraftedQuery::Hypothetical, "The pump stands in the cellar."),
            draft(DraftedQuery::Variant1, "水泵在哪里？"),
            draft(DraftedQuery::Variant3, "pump location"),
        ],
    }];
    turn
}

#[test]
fn drafted_queries_and_their_ranks_are_kept_with_a_turn() {
    let library = Library::new();
    let turn = with_drafts(&library);
    let conversation = library.store.save_turn(None, &turn).unwrap();
    let library = library.reopened();
    assert_eq!(library.store.turns(conversation).unwrap()[0].turn, turn);

    // A document that is removed takes its words along; what the model drafted was made of the question.
    library.store.remove(&[turn.candidates[1].document]).unwrap();
    let left = library.store.turns(conversation).unwrap().remove(0);
    assert_eq!(left.turn.candidates[1].drafted, turn.candidates[1].drafted);
    assert_eq!((left.turn.candidates[1].text.as_str(), left.turn.stages[0].drafts.len()), ("", 3));

    library.store.delete_conversation(conversation).unwrap();
    let rows = "SELECT (SELECT count(*) FROM turn_drafts) + (SELECT count(*) FROM turn_drafted_scores)";
    let rows: i64 = library.store.read(|connection| Ok(connection.query_row(rows, [], |row| row.get(0))?)).unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn a_turn_of_layout_14_opens_without_drafts() {
    let library = Library::new();
    let document = library.enqueue("/a.pdf");
    let turn = about("q", "a [1]", AnswerKind::Written, &[(document, Outcome::Kept)], &[document]);
    let conversation = library.store.save_turn(None, &turn).unwrap();
    let back = "DROP TABLE turn_drafts; DROP TABLE turn_drafted_scores; DROP TABLE foreign_roots;
        ALTER TABLE turns DROP COLUMN searched_documents; ALTER TABLE turns DROP COLUMN of_documents;
        PRAGMA user_version = 14;";
    library.store.transact(|transaction| Ok(transaction.execute_batch(back)?)).unwrap();
    let library = library.reopened();
    assert_eq!(library.store.turns(conversation).unwrap()[0].turn, turn);
    let drafted = with_drafts(&library);
    library.store.save_turn(Some(conversation), &drafted).unwrap();
    assert_eq!(library.store.turns(conversation).unwrap()[1].turn, drafted);
}
