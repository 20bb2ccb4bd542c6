//! Which model scores a sentence, and what becomes of passages that none has judged.

use std::sync::Arc;

use assay_domain::port::{AnswerPart, Embedder, EmbedderIdentity, Metric, Reranker, TextKind, Writer};
use assay_domain::{Failure, Judged, NumberedPassage, Prompt, Wanted};
use futures::executor::block_on;
use futures::future::{BoxFuture, ready};
use futures::{FutureExt, StreamExt};

use super::super::Extractive;
use super::{answered, judged, numbered, prompt, rerank, shared_words};

#[test]
fn a_sentence_is_scored_by_the_model_that_judged_its_passage_against_its_threshold() {
    // Both share as many words with the question; of the second model, that is far above its threshold.
    let by = |model: &str, threshold| Some(Judged { model: model.into(), logit: 1.0, threshold });
    let english = NumberedPassage { judged: by("first", 1.0), ..numbered(1, "The lamp oil is kept in the shed.") };
    let other = NumberedPassage { judged: by("second", -4.0), ..numbered(2, "The lamp oil lies in the cellar.") };
    let ask = |rerankers: Vec<Arc<dyn Reranker>>| {
        let prompt = Prompt { passages: vec![english.clone(), other.clone()], ..prompt("Where is the lamp oil?", &[]) };
        first_quoted(rerankers, prompt)
    };
    assert_eq!(ask(vec![shared_words("first", None), shared_words("second", None)]), Some(2));
    // One model with a threshold for each language.
    let english = NumberedPassage { judged: by("second", 1.0), ..english.clone() };
    let prompt = Prompt { passages: vec![english, other.clone()], ..prompt("Where is the lamp oil?", &[]) };
    assert_eq!(first_quoted(vec![shared_words("second", None)], prompt), Some(2));
    // A model that judges nothing here is asked nothing.
    let lost = Some(Failure::bug("asked"));
    let rerankers = ["first", "second"].map(|name| shared_words(name, None));
    assert_eq!(ask([&rerankers[..], &[shared_words("third", lost)]].concat()), Some(2));
}

/// The number of the passage that is quoted first.
fn first_quoted(rerankers: Vec<Arc<dyn Reranker>>, prompt: Prompt) -> Option<u32> {
    let writer = Extractive::new(rerankers);
    let parts: Vec<AnswerPart> = block_on(writer.write(prompt).map(Result::unwrap).collect());
    parts.into_iter().find_map(|part| if let AnswerPart::Quote { number, .. } = part { Some(number) } else { None })
}

/// A passage in another language that no model has judged.
fn unjudged(number: u32, text: &str) -> NumberedPassage {
    NumberedPassage { foreign: true, ..numbered(number, text) }
}

#[test]
fn passages_in_another_language_that_nobody_judged_are_quoted_only_by_themselves_and_said_to_be_the_nearest() {
    let foreign = [unjudged(1, "阅览室内请勿饮食。胸牌丢失赔偿三十元。"), unjudged(2, "镁棒每两年更换一次。")];
    let question = "How much must a visitor pay for a lost badge?";
    let own = NumberedPassage { judged: judged(1.0), ..numbered(3, "A lost badge costs a visitor 30 crowns.") };
    let (quotes, text) = answered(question, Wanted::Best, [&foreign[..], &[own]].concat());
    assert_eq!(
        (quotes.as_slice(), text.contains("another language")),
        (&["A lost badge costs a visitor 30 crowns.".to_owned()][..], false)
    );
    // Without a bi-encoder, by words alone.
    let (quotes, text) = answered(question, Wanted::Best, foreign.to_vec());
    assert!(text.starts_with("Nearest passages in another language"), "{text}");
    assert_eq!(quotes, ["阅览室内请勿饮食。"], "{text}");

    let writer = Extractive::new(rerank(None)).with_embedder(Arc::new(Badges(identity())));
    let prompt = Prompt { passages: foreign.to_vec(), ..prompt(question, &[]) };
    let parts: Vec<AnswerPart> = block_on(writer.write(prompt).map(Result::unwrap).collect());
    let quoted = parts.iter().filter(|part| matches!(part, AnswerPart::Quote { quote, .. } if quote.contains("胸牌")));
    assert_eq!(quoted.count(), 1, "{parts:?}");
    assert_eq!(parts.iter().filter(|part| matches!(part, AnswerPart::Quote { .. })).count(), 1, "{parts:?}");
}

/// Puts everything about badges at one place and everything else at another.
struct Badges(EmbedderIdentity);

fn identity() -> EmbedderIdentity {
    EmbedderIdentity {
        name: "badges".into(),
        weights: String::new(),
        dimension: 2,
        pooling: "mean".into(),
        max_tokens: 64,
        special_tokens: 2,
        query_prefix: String::new(),
        passage_prefix: String::new(),
        languages: Vec::new(),
        metric: Metric::Cosine,
        device: "cpu".into(),
    }
}

impl Embedder for Badges {
    fn identity(&self) -> &EmbedderIdentity {
        &self.0
    }

    fn token_starts(&self, text: &str) -> Vec<usize> {
        text.char_indices().map(|(at, _)| at).collect()
    }

    fn embed(&self, _kind: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        let place = |text: &String| match text.contains("badge") || text.contains("胸牌") {
            true => vec![1.0, 0.0],
            false => vec![0.0, 1.0],
        };
        ready(Ok(texts.iter().map(place).collect())).boxed()
    }
}
