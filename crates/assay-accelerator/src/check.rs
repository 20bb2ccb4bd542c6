//! The self-test of a device: it must agree with the processor. A driver that computes wrongly is rarer than one
//! that does not start, and worse, because its scores look right.

use assay_domain::Failure;
use assay_domain::port::{Embedder, Reranker, TextKind};
use futures::StreamExt;

/// Largest difference of a logit. f16 stays well under it, and the screen shows two decimals.
pub const LOGIT: f32 = 0.05;
/// Least cosine between a text's two vectors.
pub const COSINE: f32 = 0.9995;

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

/// Scores the pairs on both.
///
/// # Errors
/// A logit differs by more than [`LOGIT`] or is NaN, or one of the two fails.
pub async fn rerankers(device: &dyn Reranker, processor: &dyn Reranker) -> Result<(), Failure> {
    for (question, passages) in PAIRS {
        let (found, expected) =
            (logits(device, question, passages).await?, logits(processor, question, passages).await?);
        for (found, expected) in found.iter().zip(&expected) {
            let difference = (found - expected).abs();
            if difference.is_nan() || difference > LOGIT {
                let message = format!("it gives the logit {found:.4} where the processor gives {expected:.4}");
                return Err(differs(message));
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
        PAIRS.iter().flat_map(|(_, passages)| passages.iter().map(|text| (*text).into())).collect();
    let found = device.embed(TextKind::Passage, texts.clone()).await?;
    let expected = processor.embed(TextKind::Passage, texts).await?;
    for (found, expected) in found.iter().zip(&expected) {
        let cosine: f32 = found.iter().zip(expected).map(|(a, b)| a * b).sum();
        if found.len() != expected.len() || cosine.is_nan() || cosine < COSINE {
            return Err(differs(format!("its vectors have a cosine of {cosine:.5} to the processor's")));
        }
    }
    Ok(())
}

async fn logits(reranker: &dyn Reranker, question: &str, passages: &[&str]) -> Result<Vec<f32>, Failure> {
    let mut logits = vec![f32::NAN; passages.len()];
    let texts = passages.iter().map(|text| (*text).to_owned()).collect();
    let mut batches = reranker.score(question.to_owned(), texts);
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
