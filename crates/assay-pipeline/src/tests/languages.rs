//! Questions and passages in several languages: which cross-encoder reads what, and what becomes of the rest.

use assay_domain::fakes::{EchoWriter, WordReranker};
use assay_domain::{
    Cancel, CutRule, Language, LanguagePair, Measured, OrderRule, Outcome, Question, ReasonCode, RerankMode, Stage,
    StageName, StageState, Threshold,
};

use super::{Fixture, block_on, question};
use crate::ask::{Ask, AskReport, ask};
use crate::rerank::plan::{MeasuredReranker, RerankPlan};

const FILES: [(&str, &str); 5] = [
    ("far", "the harbour lamp of the old town is lit at dusk every day"),
    ("zh", "the harbour lamp 港口的灯塔在每天的黄昏时分由看守人点亮"),
    ("near", "when is the harbour lamp lit"),
    ("zh2", "lamp 老城的灯在冬天的早晨也会亮起来"),
    ("none", "pears and plums in jars"),
];

fn fixture() -> Fixture {
    let fixture = Fixture::with(&FILES);
    fixture.ingest(&FILES.map(|(name, _)| name), &Cancel::default()).unwrap();
    fixture
}

fn row(question: Language, passage: Language, gain: f32, threshold: Option<f32>) -> Measured {
    let pair = LanguagePair { question, passage };
    Measured { pair, without: 0.5, with: 0.5 + gain, threshold, gap: None, weight: None }
}

const ZHO: Language = Language::CHINESE;
const ENG: Language = Language::ENGLISH;

fn asked(question: &Question, models: Vec<(&WordReranker, Vec<Measured>)>, embedder: &[Measured]) -> AskReport {
    let fixture = fixture();
    let writer = EchoWriter::default();
    let models = models.into_iter().map(|(model, measured)| MeasuredReranker { reranker: Ok(model), measured });
    let with = Ask {
        embedder: &fixture.embedder,
        embedder_measured: embedder,
        index: &fixture.index,
        catalogue: &fixture.catalogue,
        rerankers: RerankPlan::Measured(models.collect()),
        second_reranker: None,
        score_cache: None,
        writer: (&writer, None),
    };
    block_on(ask(&with, question, &Cancel::default(), &mut |_| ())).unwrap()
}

fn stage(asked: &AskReport, name: StageName) -> &Stage {
    asked.stages.iter().find(|stage| stage.name == name).unwrap()
}

/// State, code and count of a stage.
fn told(asked: &AskReport, name: StageName) -> (StageState, Option<ReasonCode>, Option<usize>) {
    let stage = stage(asked, name);
    let reason = stage.reason.as_ref();
    (stage.state, reason.map(|reason| reason.code), reason.and_then(|reason| reason.count))
}

/// Name and model of each candidate, in final order.
fn models(asked: &AskReport) -> Vec<(&str, &str)> {
    let model = |score: &assay_domain::score::RerankScore| score.model.to_string();
    let rows = asked.candidates.iter().map(|row| (row.name.as_str(), row.rerank.as_ref().map(model)));
    rows.map(|(name, model)| (name, model.map_or("-", |model| if model == "two" { "two" } else { "one" }))).collect()
}

fn english() -> Question {
    Question { keep: 5, threshold: Threshold::Fixed(0.0), ..question("when is the harbour lamp lit") }
}

#[test]
fn candidates_that_no_model_judges_keep_their_places_and_the_others_change_theirs() {
    let one = WordReranker::default();
    let off = Question { rerank: RerankMode::Off, ..english() };
    let fused: Vec<String> = asked(&off, vec![], &[]).candidates.into_iter().map(|row| row.name).collect();
    let asked = asked(&english(), vec![(&one, vec![row(ENG, ENG, 0.1, None), row(ENG, ZHO, -0.3, None)])], &[]);
    assert_eq!(asked.order, OrderRule::Rerank);
    let of = |name: &str| fused.iter().position(|fused| fused == name);
    let now = |name: &str| asked.candidates.iter().position(|row| row.name == name);
    for name in ["zh", "zh2"] {
        assert_eq!(now(name), of(name), "{name}");
        assert!(asked.candidates.iter().any(|row| row.name == name && row.rerank.is_none()));
    }
    let english: Vec<&str> =
        asked.candidates.iter().filter(|row| row.rerank.is_some()).map(|row| row.name.as_str()).collect();
    assert_eq!(english[0], "near", "{english:?}");
    let mut ranks: Vec<u32> = asked.candidates.iter().filter_map(|row| Some(row.rerank.as_ref()?.rank)).collect();
    assert!(ranks.is_sorted(), "the judged ones are in the model's order");
    ranks.dedup();
    assert_eq!(ranks.len(), english.len());
    let code = Some(ReasonCode::NoRerankerForLanguages);
    assert_eq!(told(&asked, StageName::Rerank), (StageState::Done, code, Some(2)));
}

#[test]
fn each_pair_of_languages_goes_to_the_model_that_adds_the_most() {
    let (one, two) = (WordReranker::default(), WordReranker::default().named("two", "lamp"));
    let gains = |same, across| vec![row(ENG, ENG, same, None), row(ENG, ZHO, across, None)];
    for (of_one, of_two, english_by, chinese_by) in [
        (gains(0.1, 0.2), gains(0.2, 0.1), "two", "one"),
        (gains(0.1, -0.2), gains(-0.2, -0.1), "one", "-"),
        (gains(-0.1, 0.1), gains(-0.2, 0.2), "-", "two"),
    ] {
        let asked = asked(&english(), vec![(&one, of_one), (&two, of_two)], &[]);
        for (name, model) in models(&asked) {
            let expected = if name.starts_with("zh") { chinese_by } else { english_by };
            assert_eq!(model, expected, "{name}: {english_by}, {chinese_by}");
        }
    }
}

#[test]
fn a_model_is_blended_where_that_was_measured_better() {
    let one = WordReranker::default();
    let with = |weight| {
        let measured = [ENG, ZHO].map(|passage| Measured { weight, ..row(ENG, passage, 0.1, None) });
        let reply = asked(&english(), vec![(&one, measured.to_vec())], &[]);
        let blends: Vec<bool> = reply.candidates.iter().map(|row| row.blend.is_some()).collect();
        let names: Vec<String> = reply.candidates.iter().map(|row| row.name.clone()).collect();
        let fused: Vec<u32> = reply.candidates.iter().map(|row| row.fused.rank).collect();
        (reply.order, blends.iter().all(|blend| *blend), names, fused)
    };
    let (order, blended, alone, _) = with(None);
    assert_eq!((order, blended), (OrderRule::Rerank, false));
    let (order, blended, heavy, _) = with(Some(1_000.0));
    assert_eq!((order, blended, &heavy), (OrderRule::Blend, true, &alone), "a heavy weight gives the model's order");
    let (.., light) = with(Some(0.0));
    assert!(light.is_sorted(), "no weight gives that of retrieval: {light:?}");
}

#[test]
fn without_a_model_for_any_candidate_the_stage_is_skipped_and_says_so() {
    let one = WordReranker::default();
    let chinese = Question { keep: 5, ..question("lamp 的灯什么时候亮") };
    let reply = asked(&chinese, vec![(&one, vec![row(ENG, ENG, 0.1, None)])], &[]);
    let (state, code, count) = told(&reply, StageName::Rerank);
    assert_eq!((state, code), (StageState::Skipped, Some(ReasonCode::NoRerankerForLanguages)));
    assert_eq!((count, reply.order), (Some(reply.candidates.len()), OrderRule::Fused));
    assert!(reply.candidates.iter().all(|row| row.rerank.is_none()));
    // Reranking that is switched on uses a model all the same.
    let on = Question { rerank: RerankMode::On, ..chinese };
    let reply = asked(&on, vec![(&one, vec![row(ENG, ENG, 0.1, None)])], &[]);
    assert!(reply.candidates.iter().all(|row| row.rerank.is_some()));
}

#[test]
fn a_model_is_cut_at_its_measured_threshold_unless_the_user_sets_one() {
    let one = WordReranker::default();
    let cut = |threshold, measured| {
        let question = Question { threshold, keep: 9, ..english() };
        let reply = asked(&question, vec![(&one, vec![row(ENG, ENG, 0.1, measured), row(ENG, ZHO, 0.1, None)])], &[]);
        let english: Vec<_> = reply.candidates.iter().filter(|row| !row.name.starts_with("zh")).collect();
        assert!(english.iter().any(|row| row.outcome == Outcome::Kept), "{threshold:?}");
        let dropped = english.iter().any(|row| row.outcome == Outcome::BelowThreshold);
        (reply.cut.rule, reply.cut.value, dropped)
    };
    let measured = Threshold::Measured { otherwise: 0.0 };
    assert_eq!(cut(measured, Some(0.99)), (CutRule::Measured, Some(0.99), true));
    assert_eq!(cut(measured, None), (CutRule::Measured, Some(0.0), false), "a model that nobody measured");
    assert_eq!(cut(Threshold::Fixed(0.0), Some(0.99)), (CutRule::Fixed, Some(0.0), false), "the user's own wins");
}

#[test]
fn candidates_that_no_model_judges_are_kept_by_place_and_similarity() {
    let one = WordReranker::default();
    let measured = [row(ENG, ENG, 0.1, None)];
    for (limit, outcome) in [(None, Outcome::Kept), (Some(-1.0), Outcome::Kept), (Some(1.0), Outcome::BelowThreshold)] {
        let embedder = [row(ENG, ENG, 0.1, None), row(ENG, ZHO, 0.1, limit)];
        let reply = asked(&english(), vec![(&one, measured.to_vec())], &embedder);
        let unjudged = reply.candidates.iter().filter(|row| row.name.starts_with("zh"));
        assert!(unjudged.clone().count() == 2 && unjudged.clone().all(|row| row.outcome == outcome), "{limit:?}");
        let code = Some(ReasonCode::DecidedBySimilarity);
        assert_eq!(told(&reply, StageName::Keep), (StageState::Done, code, Some(2)));
    }
}

#[test]
fn a_passage_in_another_language_is_kept_if_it_is_about_as_near_as_the_nearest_in_the_question_s_own() {
    let one = WordReranker::default();
    let outcomes = |text: &str, gap| {
        let embedder = [row(ENG, ENG, 0.1, None), Measured { gap: Some(gap), ..row(ENG, ZHO, 0.1, None) }];
        let question = Question { text: text.into(), ..english() };
        let reply = asked(&question, vec![(&one, vec![row(ENG, ENG, 0.1, None)])], &embedder);
        let foreign = reply.candidates.iter().filter(|row| row.name.starts_with("zh"));
        foreign.map(|row| row.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes("who tends that beacon", 2.0), [Outcome::Kept; 2]);
    assert_eq!(outcomes("who tends that beacon", -2.0), [Outcome::BelowThreshold; 2]);
    // A word that both languages write alike says more than a distance.
    assert_eq!(outcomes("when is the harbour lamp lit", -2.0), [Outcome::Kept; 2]);
}
