//! Two rerankers, the time budget, the stop button and the final order.

use std::time::{Duration, Instant};

use assay_domain::fakes::{EchoWriter, WordReranker};
use assay_domain::port::Reranker;
use assay_domain::{
    Cancel, Failure, OrderRule, Outcome, Problem, Question, ReasonCode, Stage, StageName, StageState, Threshold,
};

use super::{Fixture, asked_with, block_on, question};
use crate::ask::{Ask, AskReport, ask};
use crate::rerank::plan::{MeasuredReranker, RerankPlan};

const FILES: [(&str, &str); 6] = [
    ("four", "red green blue white"),
    ("three", "red green blue chair"),
    ("two", "red green table lamp"),
    ("one", "red door window wall"),
    ("none", "chair table lamp red"),
    ("last", "red jam"),
];

fn fixture() -> Fixture {
    let fixture = Fixture::with(&FILES);
    let names: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    fixture.ingest(&names, &Cancel::default()).unwrap();
    fixture
}

fn all() -> Question {
    Question { threshold: Threshold::Fixed(0.0), keep: 2, ..question("red green blue white") }
}

fn run(question: &Question, first: &WordReranker, second: Option<&WordReranker>) -> AskReport {
    asked_with(&fixture(), question, (first, second), &Cancel::default(), &EchoWriter::default())
}

fn stage(asked: &AskReport) -> &Stage {
    asked.stages.iter().find(|stage| stage.name == StageName::Rerank).unwrap()
}

fn code(asked: &AskReport) -> Option<ReasonCode> {
    stage(asked).reason.as_ref().map(|reason| reason.code)
}

fn names(asked: &AskReport) -> Vec<&str> {
    asked.candidates.iter().map(|candidate| candidate.name.as_str()).collect()
}

fn models(asked: &AskReport) -> Vec<(&str, &str, Option<&str>)> {
    let mut rows = Vec::new();
    for candidate in &asked.candidates {
        let decides = candidate.rerank.as_ref().map_or("-", |score| &*score.model);
        rows.push((candidate.name.as_str(), decides, candidate.first_rerank.as_ref().map(|score| &*score.model)));
    }
    rows
}

#[test]
fn passages_of_the_second_model_rank_first_and_scores_stay_apart() {
    let (small, large) = (WordReranker::default(), WordReranker::default().named("large", "lamp"));
    let asked = run(&all(), &small, Some(&large));
    let small_name = "shared words";
    let expected =
        [("two", "large", Some(small_name)), ("four", "large", Some(small_name)), ("three", "large", Some(small_name))];
    assert_eq!(models(&asked)[..3], expected);
    assert!(models(&asked)[3..].iter().all(|(_, model, first)| *model == small_name && first.is_none()));
    let scores = |name: &str| {
        let candidate = asked.candidates.iter().find(|candidate| candidate.name == name).unwrap();
        (candidate.rerank.clone().unwrap(), candidate.first_rerank.clone())
    };
    let (by_large, by_small) = scores("two");
    assert_eq!((by_large.logit, by_large.rank), (11.0, 1));
    assert_eq!(by_small.map(|score| (score.logit, score.rank)), Some((1.0, 3)));
    let ranks: Vec<u32> = asked.candidates.iter().map(|c| c.rerank.as_ref().unwrap().rank).collect();
    assert_eq!(ranks, [1, 2, 3, 4, 5, 6]);
    assert_eq!(
        (small.scored(), large.scored()),
        (6, 3),
        "the second model scores only the best of the first one's order"
    );
    let computed: Vec<(&str, usize)> =
        stage(&asked).reranker_stats.iter().map(|s| (s.model.as_str(), s.computed)).collect();
    assert_eq!((stage(&asked).state, computed), (StageState::Done, vec![(small_name, 6), ("large", 3)]));
}

#[test]
fn no_passage_that_only_the_first_model_read_is_kept_under_one_that_the_second_dropped() {
    let small = WordReranker::default();
    let question = Question { threshold: Threshold::Fixed(0.8), keep: 6, second_pool: 1, ..all() };
    let outcomes = |asked: &AskReport| -> Vec<Outcome> { asked.candidates.iter().map(|each| each.outcome).collect() };
    let probability = |asked: &AskReport, place: usize| asked.candidates[place].rerank.as_ref().unwrap().probability;
    // It reads two words at a time, so it gives 0.73 where the first model gives 0.95 and 0.88.
    let harsh = WordReranker::with_token_input(5).named("large", "nothing");
    let asked = run(&question, &small, Some(&harsh));
    assert!(probability(&asked, 0) < 0.8 && probability(&asked, 1) > 0.8);
    assert_eq!(outcomes(&asked)[..2], [Outcome::BelowThreshold, Outcome::NotReranked]);
    assert!(asked.candidates.iter().all(|candidate| candidate.outcome != Outcome::Kept));
    // Where the second model drops none, the others follow by the scores of the first one.
    let mild = WordReranker::default().named("large", "nothing");
    let asked = run(&question, &small, Some(&mild));
    assert_eq!(outcomes(&asked)[..3], [Outcome::Kept, Outcome::Kept, Outcome::BelowThreshold]);
}

#[test]
fn after_a_failure_of_the_second_model_the_rest_keeps_the_first_scores() {
    let broken = WordReranker::that_breaks_after(1).named("large", "lamp");
    let asked = run(&all(), &WordReranker::default(), Some(&broken));
    assert_eq!((stage(&asked).state, code(&asked)), (StageState::FellBack, Some(ReasonCode::SecondRerankerFailed)));
    assert_eq!(
        names(&asked)[..3],
        ["four", "three", "two"],
        "two were scored by the second model, the third keeps the first one's score"
    );
    assert_eq!(models(&asked)[2], ("two", "shared words", None));
    assert_eq!(asked.candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept).count(), 2);
}

#[test]
fn a_second_model_that_cannot_run_leaves_the_first_order_with_a_reason() {
    let fixture = Fixture::with(&[("zh", "老人一九三八年病逝"), ("en", "born in 1871")]);
    fixture.ingest(&["zh", "en"], &Cancel::default()).unwrap();
    let missing = Failure::new(Problem::ModelMissing, "it is not here", "fetch it");
    let first = WordReranker::default().that_knows(&["zho"]);
    let foreign = WordReranker::default().named("large", "lamp");
    for (second, code) in
        [(Err(missing), ReasonCode::NoSecondReranker), (Ok(&foreign), ReasonCode::LanguageUnknownToModel)]
    {
        let with = Ask {
            embedder: &fixture.embedder,
            embedder_measured: &[],
            index: &fixture.index,
            catalogue: &fixture.catalogue,
            rerankers: RerankPlan::Named(MeasuredReranker::unmeasured(&first)),
            second_reranker: Some(MeasuredReranker {
                reranker: second.map(|second| second as &dyn Reranker),
                measured: Vec::new(),
            }),
            score_cache: None,
            writer: (&EchoWriter::default(), None),
        };
        let asked = block_on(ask(&with, &question("老人何时病逝"), &Cancel::default(), &mut |_| ())).unwrap();
        assert_eq!((stage(&asked).state, self::code(&asked)), (StageState::FellBack, Some(code)));
        assert_eq!((names(&asked)[0], foreign.scored()), ("zh", 0));
    }
}

#[test]
fn passages_beyond_the_time_budget_are_left_out_with_a_reason() {
    let budget = Some(Duration::from_millis(30));
    let begun = Instant::now();
    let asked = run(&Question { budget, ..all() }, &WordReranker::that_hangs_after(2), None);
    let time = begun.elapsed();
    assert!(time >= Duration::from_millis(30) && time < Duration::from_millis(600), "{time:?}");
    assert_eq!((stage(&asked).state, code(&asked)), (StageState::Stopped, Some(ReasonCode::TimeBudget)));
    let left_out = asked.candidates.iter().filter(|candidate| candidate.outcome == Outcome::NotReranked);
    assert_eq!((left_out.count(), stage(&asked).reranker_stats[0].computed), (2, 4));
    assert!(asked.answer.is_some(), "the scored passages give an answer");

    // Nothing was scored: the fused order stays, and there is an answer.
    let asked = run(&Question { budget, ..all() }, &WordReranker::that_hangs_after(0), None);
    assert_eq!((asked.order, code(&asked)), (OrderRule::Fused, Some(ReasonCode::TimeBudget)));
    assert!(asked.answer.is_some() && asked.cut.value.is_none());

    // A stop of the second model leaves nothing out: the first one's scores stay.
    let large = WordReranker::that_hangs_after(1).named("large", "lamp");
    let asked = run(&Question { budget, ..all() }, &WordReranker::default(), Some(&large));
    assert_eq!((stage(&asked).state, code(&asked)), (StageState::Stopped, Some(ReasonCode::TimeBudget)));
    assert!(asked.candidates.iter().all(|candidate| candidate.outcome != Outcome::NotReranked));
    assert_eq!(stage(&asked).reranker_stats[1].computed, 2);

    let asked = run(&Question { budget: Some(Duration::from_secs(60)), ..all() }, &WordReranker::default(), None);
    assert_eq!(stage(&asked).state, StageState::Done);
}

#[test]
fn a_stop_takes_effect_during_a_batch() {
    let cancel = Cancel::default();
    let button = cancel.clone();
    let presser = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(40));
        button.stop();
        Instant::now()
    });
    let hangs = WordReranker::that_hangs_after(1);
    let asked = asked_with(&fixture(), &all(), (&hangs, None), &cancel, &EchoWriter::default());
    let since = presser.join().unwrap().elapsed();
    assert!(since < Duration::from_millis(60), "{since:?} from the button to the end");
    assert_eq!((stage(&asked).state, code(&asked)), (StageState::Stopped, Some(ReasonCode::Stopped)));
    assert!(asked.answer.is_none());
    assert_eq!(stage(&asked).reranker_stats[0].computed, 2);
}

#[test]
fn the_second_model_stops_early_only_if_asked_to() {
    // Eight passages share four words with the question, eight share three, and so on down.
    let names: Vec<String> = (0..30).map(|n| format!("f{n}")).collect();
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    for (early_stop, expected, read) in [(false, None, 30), (true, Some(ReasonCode::TopSettled), 10)] {
        let fixture = Fixture::default();
        for (n, name) in names.iter().enumerate() {
            fixture.put(name, &format!("{} number{n}", ["red", "green", "blue", "white"][..4 - n / 8].join(" ")));
        }
        fixture.ingest(&paths, &Cancel::default()).unwrap();
        let large = WordReranker::default().named("large", "nothing");
        let question = Question { early_stop, second_pool: 30, retrieve: 40, ..all() };
        let both = (&WordReranker::default(), Some(&large));
        let asked = asked_with(&fixture, &question, both, &Cancel::default(), &EchoWriter::default());
        assert_eq!((code(&asked), large.scored()), (expected, read));
    }
}

#[test]
fn the_blend_uses_the_ranks_of_both_orders_and_changes_no_score() {
    let first = WordReranker::default().named("odd", "jam");
    let plain = run(&all(), &first, None);
    let blended = run(&Question { order: OrderRule::Blend, ..all() }, &first, None);
    assert_eq!((plain.order, blended.order), (OrderRule::Rerank, OrderRule::Blend));
    assert_eq!(plain.candidates[0].name, "last", "the model prefers jam");
    assert!(plain.candidates.iter().all(|candidate| candidate.blend.is_none()));
    for (place, candidate) in blended.candidates.iter().enumerate() {
        let (blend, rerank) = (candidate.blend.unwrap(), candidate.rerank.clone().unwrap());
        let wanted = 1.0 / (60.0 + f64::from(candidate.fused.rank)) + 1.0 / (60.0 + f64::from(rerank.rank));
        assert!((blend.score - wanted).abs() < 1e-12);
        assert_eq!(blend.rank as usize, place + 1);
        let same = plain.candidates.iter().find(|other| other.passage.chunk == candidate.passage.chunk).unwrap();
        assert_eq!((same.rerank.clone().unwrap(), same.fused), (rerank, candidate.fused));
    }
    assert_eq!(blended.candidates[0].name, "four", "both orders like it");
}
