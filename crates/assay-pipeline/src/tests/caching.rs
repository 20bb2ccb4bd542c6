//! The score cache: the same numbers, no work twice, nothing after a purge; and windows of long passages.

use assay_domain::fakes::{EchoWriter, MemoryScoreCache, WordReranker};
use assay_domain::port::{Catalogue, PassageScore, ScoreCache, ScoreKey};
use assay_domain::{Cancel, Precision, RerankerStats, StageName};

use super::{Fixture, asked_with, block_on, question};
use crate::ask::AskReport;
use crate::consistency;

const FILES: [(&str, &str); 4] =
    [("a", "apples grow on trees"), ("b", "pears grow on trees"), ("c", "plums in jars"), ("d", "apples in jars")];

fn filled() -> Fixture {
    let fixture = Fixture::with(&FILES);
    fixture.ingest(&["a", "b", "c", "d"], &Cancel::default()).unwrap();
    fixture
}

fn ask(fixture: &Fixture, reranker: &WordReranker, text: &str) -> AskReport {
    asked_with(fixture, &question(text), (reranker, None), &Cancel::default(), &EchoWriter::default())
}

fn work(asked: &AskReport) -> &RerankerStats {
    &asked.stages.iter().find(|stage| stage.name == StageName::Rerank).unwrap().reranker_stats[0]
}

fn bits(asked: &AskReport) -> Vec<(String, u32)> {
    let logit = |c: &assay_domain::Candidate| c.rerank.as_ref().unwrap().logit.to_bits();
    asked.candidates.iter().map(|candidate| (candidate.name.clone(), logit(candidate))).collect()
}

#[test]
fn a_repeated_question_gets_its_scores_from_the_cache_bit_for_bit() {
    for reranker in [WordReranker::default(), WordReranker::with_token_input(64)] {
        let fixture = filled();
        let first = ask(&fixture, &reranker, "do apples grow in jars");
        assert_eq!((work(&first).computed, work(&first).cached), (4, 0));
        let again = ask(&fixture, &reranker, "do apples grow in jars");
        assert_eq!((work(&again).computed, work(&again).cached), (0, 4));
        assert_eq!(reranker.scored(), 4);
        assert_eq!(bits(&first), bits(&again));

        let other = ask(&fixture, &reranker, "do pears grow in jars");
        assert_eq!((work(&other).computed, work(&other).cached), (4, 0), "another question has scores of its own");
    }
}

#[test]
fn cached_scores_are_used_only_if_everything_about_the_model_is_the_same() {
    let fixture = filled();
    let text = "do apples grow in jars";
    for (reranker, cached) in [
        (WordReranker::with_token_input(64), 0),
        (WordReranker::with_token_input(64), 4),
        (WordReranker::with_token_input(65), 0),
        (WordReranker::with_token_input(64).named("other", "plums"), 0),
        (WordReranker::default(), 0),
    ] {
        assert_eq!(work(&ask(&fixture, &reranker, text)).cached, cached);
    }
    // Token ids belong to the tokenizer and are shared by all models that have it.
    assert_eq!(fixture.score_cache.len(), (4, 16));
}

#[test]
fn scores_computed_before_a_failure_are_not_computed_again() {
    let fixture = filled();
    let breaks = WordReranker::that_breaks_after(1);
    let asked = ask(&fixture, &breaks, "apples grow");
    assert_eq!((work(&asked).computed, fixture.score_cache.len().1), (2, 2));
    assert_eq!(work(&ask(&fixture, &WordReranker::default(), "apples grow")).cached, 2);
}

#[test]
fn removing_or_changing_a_document_purges_its_ids_and_scores() {
    let fixture = filled();
    let reranker = WordReranker::with_token_input(64);
    ask(&fixture, &reranker, "do apples grow in jars");
    assert_eq!(fixture.score_cache.len(), (4, 4));
    let first = fixture.catalogue.documents().unwrap()[0].id;
    block_on(consistency::remove(&fixture.catalogue, &fixture.index, Some(&fixture.score_cache), &[first])).unwrap();
    assert_eq!(fixture.score_cache.len(), (3, 3));
    fixture.put("b", "pears rot");
    fixture.ingest(&["b"], &Cancel::default()).unwrap();
    assert_eq!(fixture.score_cache.len(), (2, 2));
}

#[test]
fn nan_scores_and_purged_generations_are_not_stored() {
    let fixture = filled();
    let asked = ask(&fixture, &WordReranker::default(), "apples grow");
    let passage = &asked.candidates[0].passage;
    let (cache, key) = (MemoryScoreCache::default(), key());
    let score = |logit| PassageScore { logit, tokens_read: 1, tokens_total: 1, windows: 1, window: 1 };
    cache.store_scores(&key, &[(passage, score(f32::NAN))]);
    assert!(cache.is_empty());
    cache.store_scores(&key, &[(passage, score(0.5))]);
    cache.purge(&[passage.chunk.generation]).unwrap();
    cache.store_scores(&key, &[(passage, score(0.5))]);
    cache.store_ids("words", &[(passage, &[1, 2])]);
    assert!(cache.is_empty());
}

fn key() -> ScoreKey {
    ScoreKey {
        weights: "w".into(),
        tokenizer: "t".into(),
        precision: Precision::F32,
        max_tokens: 64,
        windowing: "best window",
        question: vec![1],
    }
}

#[test]
fn long_passages_are_scored_window_by_window_and_the_best_one_counts() {
    let filler = "one two three four five six seven eight nine ten ";
    let text = format!("{filler}{filler}{filler}apples grow here");
    let fixture = Fixture::with(&[("long", text.as_str()), ("short", "apples rot")]);
    fixture.ingest(&["long", "short"], &Cancel::default()).unwrap();
    let asked = ask(&fixture, &WordReranker::with_token_input(18), "apples grow");
    let long = asked.candidates[0].rerank.as_ref().unwrap();
    assert_eq!((long.logit, long.tokens_read, long.tokens_total), (1.0, 33, 33));
    assert_eq!((long.windows, long.window), (3, 3), "33 tokens in windows of 16");
    let short = asked.candidates[1].rerank.as_ref().unwrap();
    assert_eq!((short.windows, short.window, short.tokens_total), (1, 1, 2));
    // From the cache it is the same, windows included.
    let again = ask(&fixture, &WordReranker::with_token_input(18), "apples grow");
    assert_eq!(again.candidates[0].rerank, asked.candidates[0].rerank);

    // A question of any length leaves a quarter of the length to the passage.
    let question = filler.repeat(4);
    let asked = ask(&fixture, &WordReranker::with_token_input(16), &question);
    assert_eq!(asked.candidates[0].rerank.as_ref().unwrap().tokens_read, 33);
}

#[test]
fn windows_cover_a_passage_evenly_and_overlap() {
    for (tokens, limit, count) in [(0, 8, 1), (8, 8, 1), (9, 8, 2), (16, 8, 3), (1000, 100, 12), (5, 1, 5), (3, 0, 3)] {
        let windows = crate::windows::windows(tokens, limit);
        assert_eq!(windows.len(), count, "{tokens} {limit}");
        assert_eq!((windows[0].start, windows[count - 1].end), (0, tokens));
        assert!(windows.iter().all(|window| window.len() <= limit.max(1)));
        assert!(windows.windows(2).all(|two| two[1].start <= two[0].end && two[1].start > two[0].start));
    }
}
