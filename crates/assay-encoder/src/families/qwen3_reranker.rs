//! Qwen3-Reranker: a decoder reads a prompt with question and passage, and the score is the logit of `yes` minus
//! that of `no` after the last token. Prompt and truncation are those of its model card, whose score is the sigmoid
//! of ours.

use candle_core::{IndexOp, Tensor};

use super::answer_token::answer_token;
use super::compute::Compute;
use super::decoder::Decoder;
use super::passage_scorer::{PassageScorer, ScorePassages, Scored, Stop};
use crate::EncoderError;
use crate::config::DecoderConfig;
use crate::folder::ModelFolder;
use crate::tokens::Tokens;
use crate::weights::Weights;

/// Most tokens of a prompt, as on the model card.
pub(crate) const LONGEST: usize = 8192;

const BEFORE: &str = "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. \
     Note that the answer can only be \"yes\" or \"no\".<|im_end|>\n<|im_start|>user\n";
const AFTER: &str = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n";

/// A decoder, and the direction in which the score is read off its last vector.
pub(crate) struct Qwen3Reranker {
    decoder: Decoder,
    direction: Vec<f32>,
    tokens: Tokens,
    layout: Layout,
    compute: Compute,
}

/// The tokens around question and passage, and the most of all together.
struct Layout {
    before: Vec<u32>,
    after: Vec<u32>,
    longest: usize,
}

/// What stands before the passage in the text that is tokenised with it.
fn marker(question: &str) -> String {
    format!(
        "<Instruct>: Given a web search query, retrieve relevant passages that answer the query\n\
         <Query>: {question}\n<Document>: "
    )
}

impl Qwen3Reranker {
    /// Reads a folder. `longest` bounds the whole prompt.
    pub fn open(folder: &ModelFolder, compute: Compute, longest: usize) -> Result<Self, EncoderError> {
        let config = DecoderConfig::read(folder)?;
        let tokens = Tokens::open_unframed(&folder.tokenizer()?)?;
        let weights = Weights::of_decoder(&folder.weights()?)?;
        let layout = Layout { before: tokens.ids(BEFORE)?, after: tokens.ids(AFTER)?, longest };
        if longest > config.positions() || layout.before.len() + layout.after.len() >= longest {
            return Err(EncoderError::Unsupported { part: format!("{} positions", config.positions()) });
        }
        let word = |word: &str| answer_token(&tokens, folder, word, config.vocabulary());
        let direction = direction(&weights, &config, word("yes")?, word("no")?)?;
        let decoder = Decoder::load(&config, &weights, compute.device())?;
        Ok(Self { decoder, direction, tokens, layout, compute })
    }

    fn score(&self, ids: &[u32]) -> Result<f32, EncoderError> {
        self.compute.run(ids.len(), || {
            let sequence = Tensor::new(ids, self.compute.device())?.unsqueeze(0)?;
            let last = self.decoder.states(&sequence)?.i((0, ids.len() - 1))?.to_vec1::<f32>()?;
            Ok(last.iter().zip(&self.direction).map(|(state, weight)| state * weight).sum())
        })
    }
}

/// The difference of two rows of the head. A model without a head of its own has the rows of its word embeddings
/// there.
fn direction(weights: &Weights, config: &DecoderConfig, yes: u32, no: u32) -> Result<Vec<f32>, EncoderError> {
    let head = "lm_head.weight";
    let (rows, width) = (config.vocabulary(), config.hidden());
    let table = match weights.holds(head) {
        true => weights.outside_table(head, rows, width)?,
        false => weights.table("embed_tokens.weight", rows, width)?,
    };
    let numbers = table.numbers()?;
    let (mut direction, mut other) = (vec![0.0; width], vec![0.0; width]);
    numbers.row(yes as usize, &mut direction);
    numbers.row(no as usize, &mut other);
    direction.iter_mut().zip(&other).for_each(|(yes, no)| *yes -= no);
    Ok(direction)
}

impl PassageScorer for Qwen3Reranker {
    // A pair takes seconds on a processor.
    fn batch(&self) -> usize {
        1
    }

    fn read_question<'a>(&'a mut self, question: &str, _: Stop) -> Result<ScorePassages<'a>, EncoderError> {
        let marker = marker(question);
        Ok(Box::new(move |passages, stop| {
            let one = |passage: &String| {
                if stop() {
                    return Err(EncoderError::Stopped);
                }
                let (text, places) = self.tokens.ids_and_places(&format!("{marker}{passage}"))?;
                let (ids, kept) = self.layout.sequence(&text);
                let of_passage = |count: usize| places[..count].iter().filter(|place| place.end > marker.len()).count();
                let (tokens_read, tokens_total) = (of_passage(kept), of_passage(places.len()));
                Ok(Scored { score: self.score(&ids)?, tokens_read, tokens_total })
            };
            passages.iter().map(one).collect()
        }))
    }
}

impl Layout {
    /// The whole prompt, and how many tokens of the text are in it.
    fn sequence(&self, text: &[u32]) -> (Vec<u32>, usize) {
        let space = self.longest - self.before.len() - self.after.len();
        let read = &text[..text.len().min(space)];
        ([&self.before, read, &self.after].concat(), read.len())
    }
}
