//! The self-test of a device: it must agree with the processor. A driver that computes wrongly is rarer than one
//! that does not start, and worse, because its scores look right.
//!
//! What a right f16 may differ by grows with a model's logits, so the bound is relative to their range, and the order
//! of each question's passages counts beside it. Long texts are among them: of 512 tokens, and of the longest that the
//! model reads, because errors of attention and lost ends show only there.

use assay_domain::Failure;
use assay_domain::port::{Embedder, Reranker, TextKind};
use futures::StreamExt;

/// Largest difference of a logit, as a share of the range of the processor's. A right f16 shows 0.3 % on a model of 24
/// layers (0.039 of about 15).
pub const DIFFERENCE: f32 = 0.01;
/// Passages of a question whose logits differ by more than this share of the range keep their order.
pub const ORDERED: f32 = 0.005;
/// Least cosine between a text's two vectors.
pub const COSINE: f32 = 0.9995;
/// Words of a text of about 512 tokens; a model that reads more gets one of [`LONGEST_WORDS`] as well.
const LONG_WORDS: usize = 300;
/// Words of the longest text. Beyond about 2,048 tokens the processor would take minutes.
const LONGEST_WORDS: usize = 1_200;

/// Questions with passages from relevant to unrelated, long and short, in both languages that the shipped models
/// read.
const PAIRS: [(&str, &[&str]); 4] = [
    (
        "When did the lighthouse keeper die?",
        &[
            "The keeper died in the winter of 1911, three weeks after the last oil delivery, and was buried on the \
             mainland beside his sister.",
            "The keeper was born in 1842 in a fishing village and took over the light when he was thirty.",
            "The lamp burned colza oil until it was converted to paraffin.",
            "Bread dough rises faster in a warm kitchen.",
        ],
    ),
    (
        "Which version removed the old configuration format?",
        &[
            "Version 4.2 removed the old configuration format; files must be converted with the migration command \
             before the upgrade, and the program refuses to start while one of them is found.",
            "Version 4.1 warned about the old configuration format.",
            "",
        ],
    ),
    (
        "灯塔看守人是哪一年去世的？",
        &[
            "看守人于一九一一年冬天去世，当时距离最后一次运油只有三个星期，后来葬在他姐姐的墓旁。",
            "看守人一八四二年出生在一个渔村，三十岁时接管了灯塔。",
            "面团在温暖的厨房里发得更快。",
        ],
    ),
    ("paraffin lamp", &["The lamp was converted to paraffin in 1874.", "灯塔后来改用煤油。"]),
];

/// The questions with their passages, and long ones: an answer at the end of much else, and much else alone.
fn questions(max_tokens: usize) -> Vec<(&'static str, Vec<String>)> {
    let owned = |passages: &[&str]| passages.iter().map(|text| (*text).to_owned()).collect();
    let mut questions: Vec<(&str, Vec<String>)> =
        PAIRS.iter().map(|(question, passages)| (*question, owned(passages))).collect();
    let words = match max_tokens > 600 {
        true => vec![LONG_WORDS, LONGEST_WORDS],
        false => vec![LONG_WORDS * max_tokens.min(512) / 512],
    };
    for (number, (_, passages)) in questions.iter_mut().enumerate().take(2) {
        // The passages of the other question come before it.
        let others = PAIRS[1 - number].1.concat();
        let filler = |words: usize| others.split_whitespace().cycle().take(words).collect::<Vec<_>>().join(" ");
        for (index, words) in words.iter().enumerate() {
            passages.push(format!("{} {}", filler(*words), PAIRS[number].1[0]));
            if index == 0 {
                passages.push(filler(*words));
            }
        }
    }
    questions
}

/// Scores the pairs on both.
///
/// # Errors
/// A logit differs by more than [`DIFFERENCE`] or is NaN, two passages change places, or one of the two fails.
pub async fn rerankers(device: &dyn Reranker, processor: &dyn Reranker) -> Result<(), Failure> {
    let mut lists = Vec::new();
    for (question, passages) in questions(processor.identity().max_tokens) {
        let found = logits(device, question, &passages).await?;
        lists.push((found, logits(processor, question, &passages).await?));
    }
    let all = || lists.iter().flat_map(|(_, expected)| expected.iter().copied());
    let range = all().fold(f32::NEG_INFINITY, f32::max) - all().fold(f32::INFINITY, f32::min);
    for (found, expected) in &lists {
        for (found, expected) in found.iter().zip(expected) {
            let difference = (found - expected).abs();
            if difference.is_nan() || difference > DIFFERENCE * range {
                let logits = format!("the logit {found:.4} where the processor gives {expected:.4}");
                return Err(differs(format!("it gives {logits}, and logits range over {range:.1}")));
            }
        }
        for a in 0..expected.len() {
            for b in 0..expected.len() {
                if expected[a] - expected[b] > ORDERED * range && found[a] <= found[b] {
                    return Err(differs("it puts the passages of a question in another order".into()));
                }
            }
        }
    }
    Ok(())
}

/// Embeds the passages on both.
///
/// # Errors
/// A cosine is less than [`COSINE`] or NaN, or one of the two fails.
pub async fn embedders(device: &dyn Embedder, processor: &dyn Embedder) -> Result<(), Failure> {
    let texts: Vec<String> =
        questions(processor.identity().max_tokens).into_iter().flat_map(|(_, passages)| passages).collect();
    let found = device.embed(TextKind::Passage, texts.clone()).await?;
    let expected = processor.embed(TextKind::Passage, texts).await?;
    for (found, expected) in found.iter().zip(&expected) {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let cosine = dot(found, expected) / (dot(found, found) * dot(expected, expected)).sqrt();
        if found.len() != expected.len() || cosine.is_nan() || cosine < COSINE {
            return Err(differs(format!("its vectors have a cosine of {cosine:.5} to the processor's")));
        }
    }
    Ok(())
}

async fn logits(reranker: &dyn Reranker, question: &str, passages: &[String]) -> Result<Vec<f32>, Failure> {
    let mut logits = vec![f32::NAN; passages.len()];
    let mut batches = reranker.score(question.to_owned(), passages.to_vec());
    while let Some(batch) = batches.next().await {
        for score in batch? {
            if let Some(logit) = logits.get_mut(score.index) {
                *logit = score.logit;
            }
        }
    }
    Ok(logits)
}

fn differs(message: String) -> Failure {
    Failure::new(
        assay_domain::Problem::ModelWrong,
        format!("the graphics card failed its self-test: {message}"),
        "update its driver; until then the processor scores",
    )
}
