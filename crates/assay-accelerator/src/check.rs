//! Whether a device says what the processor says. A driver that computes wrongly is rarer than one
//! that does not start, and worse: its scores look like scores.

use assay_domain::Failure;
use assay_domain::port::{Embedder, Reranker, TextKind};
use futures::StreamExt;

/// Most that a logit may differ; half precision stays well under it (two decimals on screen).
pub const LOGIT: f32 = 0.05;
/// Least cosine of a text's two vectors.
pub const COSINE: f32 = 0.9995;

/// Questions, each with passages from right to unrelated, long and short, in both languages that
/// the shipped models read.
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

/// Scores the pairs on both and says why the device may not be used, if it may not.
pub async fn rerankers(device: &dyn Reranker, processor: &dyn Reranker) -> Result<(), Failure> {
    for (question, passages) in PAIRS {
        let (there, here) = (logits(device, question, passages).await?, logits(processor, question, passages).await?);
        for (there, here) in there.iter().zip(&here) {
            let difference = (there - here).abs();
            if difference.is_nan() || difference > LOGIT {
                let message = format!("it gives the logit {there:.4} where the processor gives {here:.4}");
                return Err(differs(message));
            }
        }
    }
    Ok(())
}

/// As [`rerankers`], with vectors.
pub async fn embedders(device: &dyn Embedder, processor: &dyn Embedder) -> Result<(), Failure> {
    let texts: Vec<String> =
        PAIRS.iter().flat_map(|(_, passages)| passages.iter().map(|text| (*text).into())).collect();
    let there = device.embed(TextKind::Passage, texts.clone()).await?;
    let here = processor.embed(TextKind::Passage, texts).await?;
    for (there, here) in there.iter().zip(&here) {
        let cosine: f32 = there.iter().zip(here).map(|(a, b)| a * b).sum();
        if there.len() != here.len() || cosine.is_nan() || cosine < COSINE {
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
