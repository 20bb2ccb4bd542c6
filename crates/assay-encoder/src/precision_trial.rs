//! Precision trials: which precision a model computes in on this processor.
//!
//! A lower precision must agree with f32, for a cross-encoder in the order of built-in pairs, for a bi-encoder in
//! the direction of its vectors. Long texts count by themselves, because errors of attention grow with the number of
//! keys. It must also be faster here, which is measured on the same texts: both compute each batch in turn, and the
//! median of their ratios counts, so that other work on the processor decides nothing. The verdict holds for the
//! weights, the instructions and the program's version ([`verdict_key`]); a caller that opens a model more than once
//! keeps it ([`Verdicts`]).

use std::path::Path;
use std::time::Instant;

use assay_domain::port::Metric;

use crate::EncoderError;
use crate::agreement::{cosine, furthest, kendall_tau, range, shared_top};
use crate::batch::TokenSequence;
use crate::config::{EncoderConfig, Pooling, Role};
use crate::embedder::embed;
use crate::engine::{EncoderOptions, Engine};
use crate::folder::ModelFolder;
use crate::precision::Precision;
use crate::scorer::Scorer;
use crate::tokens::Tokens;
use crate::trial_texts::QUESTIONS;
use crate::weights::Weights;

/// Least Kendall tau between the orders of f32 and of the lower precision.
const LEAST_TAU: f64 = 0.97;
/// Least share of the ten best that both orders have.
const LEAST_SHARED: f64 = 0.9;
/// Least mean cosine between the vectors of f32 and of the lower precision.
/// At a mean of 0.9988 the order of passages by all-MiniLM-L6-v2 was as good as with f32 (nDCG@10 0.823 against
/// 0.819 on 60 questions over 2,572 passages).
const LEAST_COSINE: f64 = 0.995;
/// Largest difference of a long pair's logit from f32, as a share of the range of all logits in f32.
const MOST_AWAY: f64 = 0.05;
/// Tokens of a long text, and of the longest one where the model reads more. Beyond that the pass in f32 would take
/// minutes, and the error of attention no longer depends on the number of keys.
const LONG: [usize; 2] = [512, 2048];
/// Raised when the texts of the trial or the arithmetic of a precision change, so that kept verdicts are made again.
const TRIAL: u32 = 2;
/// Least speed-up over f32 that is worth the lost digits.
const LEAST_GAIN: f64 = 1.05;

/// The outcome of a trial: the precision to use, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Never `Auto`.
    pub precision: Precision,
    /// What the trial measured, for people.
    pub why: String,
}

/// A store of verdicts by [`verdict_key`].
pub trait Verdicts {
    /// The verdict kept under a key.
    fn recall(&self, key: &str) -> Option<Verdict>;
    /// Keeps a verdict. A store that fails costs another trial and nothing else, so it reports no error.
    fn remember(&self, key: &str, verdict: &Verdict);
}

/// Keeps nothing.
pub(crate) struct Forgetful;

impl Verdicts for Forgetful {
    fn recall(&self, _: &str) -> Option<Verdict> {
        None
    }

    fn remember(&self, _: &str, _: &Verdict) {}
}

/// The key of a verdict: the BLAKE3 of the weights, the instructions of this processor, the program's version, and the
/// number of the trial.
pub fn verdict_key(weights: &str) -> String {
    let instructions = [Precision::F32, Precision::Bf16, Precision::Int8]
        .map(|precision| format!("{}={}", precision.name(), precision.instructions().unwrap_or("none")));
    format!("{weights} {} {} trial {TRIAL}", instructions.join(" "), env!("CARGO_PKG_VERSION"))
}

/// Replaces `Auto` by the precision of the kept verdict, or of a new trial. Returns the reason with it; `None`
/// where another precision was asked for.
pub(crate) fn choose(
    options: EncoderOptions,
    weights: &str,
    memory: &dyn Verdicts,
    trial: impl FnOnce() -> Result<Verdict, EncoderError>,
) -> Result<(EncoderOptions, Option<String>), EncoderError> {
    if options.precision != Precision::Auto {
        return Ok((options, None));
    }
    let key = verdict_key(weights);
    let verdict = match memory.recall(&key) {
        Some(verdict) => verdict,
        None => {
            let verdict = trial()?;
            memory.remember(&key, &verdict);
            verdict
        }
    };
    Ok((EncoderOptions { precision: verdict.precision, ..options }, Some(verdict.why)))
}

/// Runs the trial on a folder with a cross-encoder, over 40 pairs of graded relevance, half English and half
/// Chinese, and over long pairs of 512 tokens and of the model's limit.
///
/// # Errors
/// As [`crate::open_reranker`].
pub fn try_precisions(folder: &Path, options: EncoderOptions) -> Result<Verdict, EncoderError> {
    let files = ModelFolder::open(folder)?;
    let config = EncoderConfig::read(&files, Role::Reranker)?;
    let tokens = Tokens::open(&files.tokenizer()?, config.types)?;
    let limit = files.tokenizer_limit()?.unwrap_or(usize::MAX).min(config.longest());
    let (mut pairs, mut long) = (Vec::new(), Vec::new());
    for (number, (question, passages)) in QUESTIONS.into_iter().enumerate() {
        let question = tokens.ids(question)?;
        for passage in passages {
            pairs.push(tokens.pair(&question, &tokens.ids(passage)?, limit).sequence);
        }
        for (text, length) in long_texts(&tokens, number, limit)? {
            long.push(tokens.pair(&question, &text, length).sequence);
        }
    }
    let short = pairs.len();
    pairs.extend(long);
    let open = |precision: Precision| {
        let mut scorer = Scorer::open(folder, EncoderOptions { precision, ..options })?;
        Ok(move |pairs: &[TokenSequence]| scorer.logits(pairs))
    };
    try_reduced(&pairs, open, |exact, reduced| same_order(short, exact, reduced))
}

/// Whether logits in a lower precision keep the order of f32, and what was measured. The first `short` are those of the
/// questions' passages, the others those of long pairs.
pub(crate) fn same_order(short: usize, exact: &[f32], reduced: &[f32]) -> (bool, String) {
    let list = QUESTIONS[0].1.len();
    let lists = || exact[..short].chunks(list).zip(reduced[..short].chunks(list));
    let mean = |measure: &dyn Fn(&[f32], &[f32]) -> f64| {
        lists().map(|(exact, reduced)| measure(exact, reduced)).sum::<f64>() / lists().count() as f64
    };
    let tau = mean(&kendall_tau);
    let shared = mean(&|exact, reduced| shared_top(exact, reduced, 10));
    let away = furthest(&exact[short..], &reduced[short..]) / range(exact).max(f64::MIN_POSITIVE);
    let measured = format!(
        "Kendall tau {tau:.3} and {:.0} % of the ten best against f32, long texts within {:.1} % of the range",
        100.0 * shared,
        100.0 * away
    );
    (tau >= LEAST_TAU && shared >= LEAST_SHARED && away <= MOST_AWAY, measured)
}

/// Long texts of a question, each with the tokens that it may have in its frame: at 512 tokens one of each grade of
/// relevance, at the model's limit the best. The passages of the other question fill them up, so that the relevance is
/// that of one passage among much else.
pub(crate) fn long_texts(tokens: &Tokens, number: usize, limit: usize) -> Result<Vec<(Vec<u32>, usize)>, EncoderError> {
    let ids = |question: usize| -> Result<Vec<Vec<u32>>, EncoderError> {
        QUESTIONS[question % QUESTIONS.len()].1.iter().map(|passage| tokens.ids(passage)).collect()
    };
    let (passages, others) = (ids(number)?, ids(number + 1)?);
    let [long, longest] = LONG.map(|length| length.min(limit));
    let mut wanted: Vec<(usize, usize)> = [0, 4, 9, 19].map(|passage| (passage, long)).to_vec();
    if longest > long {
        wanted.push((0, longest));
    }
    let filler = || others.iter().flatten().copied().cycle();
    let text = |(passage, length): (usize, usize)| {
        let before = filler().take(length / 3);
        let after = filler().skip(length / 3).take(length);
        (before.chain(passages[passage].iter().copied()).chain(after).collect(), length)
    };
    Ok(wanted.into_iter().map(text).collect())
}

/// Runs the trial on a bi-encoder, over the texts of [`try_precisions`].
pub(crate) fn try_embedder_precisions(
    weights: &Weights,
    config: &EncoderConfig,
    pooling: Pooling,
    tokens: &Tokens,
    limit: usize,
    options: EncoderOptions,
) -> Result<Verdict, EncoderError> {
    let texts = QUESTIONS.iter().flat_map(|(question, passages)| passages.iter().chain([question]));
    let texts = texts.map(|text| Ok(tokens.single(&tokens.ids(text)?, limit)));
    let mut texts = texts.collect::<Result<Vec<_>, EncoderError>>()?;
    let short = texts.len();
    for number in 0..QUESTIONS.len() {
        let long = long_texts(tokens, number, limit)?;
        texts.extend(long.iter().map(|(text, length)| tokens.single(text, *length)));
    }
    let open = |precision: Precision| {
        let mut engine = Engine::load(weights, config, pooling, EncoderOptions { precision, ..options })?;
        Ok(move |texts: &[TokenSequence]| embed(&mut engine, texts.to_vec(), Metric::Cosine, &|| false))
    };
    try_reduced(&texts, open, |exact, reduced| same_direction(short, exact, reduced))
}

/// Whether vectors in a lower precision keep the direction of f32, and what was measured; the first `short` are those
/// of short texts.
pub(crate) fn same_direction(short: usize, exact: &[Vec<f32>], reduced: &[Vec<f32>]) -> (bool, String) {
    let cosines: Vec<f64> = exact.iter().zip(reduced).map(|(a, b)| cosine(a, b)).collect();
    let mean = |cosines: &[f64]| cosines.iter().sum::<f64>() / cosines.len() as f64;
    let (of_short, of_long) = (mean(&cosines[..short]), mean(&cosines[short..]));
    let least = cosines.iter().copied().fold(1.0, f64::min);
    let measured =
        format!("mean cosine {of_short:.5}, {of_long:.5} for long texts, least {least:.5} to the vectors of f32");
    (of_short >= LEAST_COSINE && of_long >= LEAST_COSINE, measured)
}

/// Tries the lower precisions, the fastest first. `open` makes what computes in one of them, `agree` compares with
/// f32.
fn try_reduced<T, C>(
    sequences: &[TokenSequence],
    open: impl Fn(Precision) -> Result<C, EncoderError>,
    agree: impl Fn(&[T], &[T]) -> (bool, String),
) -> Result<Verdict, EncoderError>
where
    C: FnMut(&[TokenSequence]) -> Result<Vec<T>, EncoderError>,
{
    let reduced = Precision::reduced();
    if reduced.is_empty() {
        let why = "this processor has no vectors below f32".to_string();
        return Ok(Verdict { precision: Precision::F32, why });
    }
    let mut exact = open(Precision::F32)?;
    let mut refused = Vec::new();
    for precision in reduced {
        let compared = compare(sequences, &mut exact, &mut open(precision)?)?;
        let (name, (kept, measured)) = (precision.name(), agree(&compared.exact, &compared.reduced));
        if kept && compared.gain >= LEAST_GAIN {
            refused.push(format!("{name} is used: {measured}, {:.1} times as fast", compared.gain));
            return Ok(Verdict { precision, why: refused.join("; ") });
        }
        refused.push(match kept {
            true => format!("{name} is not used: {:.1} times as fast as f32 here", compared.gain),
            false => format!("{name} is not used: {measured}"),
        });
    }
    Ok(Verdict { precision: Precision::F32, why: refused.join("; ") })
}

/// Results in f32 and in a lower precision, and how many times as fast the lower one is.
struct Compared<T> {
    exact: Vec<T>,
    reduced: Vec<T>,
    gain: f64,
}

fn compare<T>(
    sequences: &[TokenSequence],
    exact: &mut impl FnMut(&[TokenSequence]) -> Result<Vec<T>, EncoderError>,
    reduced: &mut impl FnMut(&[TokenSequence]) -> Result<Vec<T>, EncoderError>,
) -> Result<Compared<T>, EncoderError> {
    let mut compared = Compared { exact: Vec::new(), reduced: Vec::new(), gain: 1.0 };
    let mut ratios = Vec::new();
    for batch in sequences.chunks(4) {
        let begun = Instant::now();
        compared.exact.extend(exact(batch)?);
        let usual = begun.elapsed();
        let begun = Instant::now();
        compared.reduced.extend(reduced(batch)?);
        ratios.push(usual.as_secs_f64() / begun.elapsed().as_secs_f64().max(1e-9));
    }
    // The first batch warms up.
    let mut ratios = ratios.split_off(ratios.len().min(1));
    ratios.sort_by(f64::total_cmp);
    compared.gain = ratios.get(ratios.len() / 2).copied().unwrap_or(1.0);
    Ok(compared)
}
