//! LLM judge: a language model reads question, passage and prompt, and the logit of `Yes` is the score.
//!
//! Layout, prompt and truncation are those of FlagEmbedding's `BaseLLMReranker` (bge-reranker-v2-gemma):
//! `<bos>A: question \n B: passage \n prompt`, with each part tokenised by itself. The body is candle's Gemma.

use candle_core::{IndexOp, Tensor};
use candle_transformers::models::gemma;

use super::answer_token::answer_token;
use super::compute::Compute;
use super::decoder::check_shape;
use super::passage_scorer::{PassageScorer, ScorePassages, Scored, Stop};
use crate::EncoderError;
use crate::config::DecoderConfig;
use crate::folder::ModelFolder;
use crate::tokens::Tokens;
use crate::weights::Weights;

const PROMPT: &str = "Given a query A and a passage B, determine whether the passage contains an answer to the query \
                      by providing a prediction of either 'Yes' or 'No'.";
/// Most tokens of question and passage, as in FlagEmbedding.
pub(crate) const LONGEST: usize = 512;

/// Gemma with its tokenised prompt.
pub(crate) struct LlmJudge {
    model: gemma::Model,
    tokens: Tokens,
    compute: Compute,
    layout: Layout,
}

/// The tokens around question and passage.
struct Layout {
    start: Option<u32>,
    line: Vec<u32>,
    prompt: Vec<u32>,
    yes: usize,
    longest: usize,
}

impl LlmJudge {
    /// Reads a folder with a Gemma model. `longest` bounds question and passage together.
    pub fn open(folder: &ModelFolder, compute: Compute, longest: usize) -> Result<Self, EncoderError> {
        let config = DecoderConfig::read(folder)?;
        let tokens = Tokens::open(&folder.tokenizer()?, 1)?;
        let layout = Layout {
            start: config.start(),
            line: tokens.ids("\n")?,
            prompt: tokens.ids(PROMPT)?,
            yes: answer_token(&tokens, folder, "Yes", config.vocabulary())? as usize,
            longest,
        };
        // Question, passage and the tokens around them need a position each.
        let most = longest + 2 * (layout.line.len() + layout.prompt.len()) + 1;
        if most > config.positions() {
            return Err(EncoderError::Unsupported { part: format!("{} positions", config.positions()) });
        }
        let weights = Weights::of_decoder(&folder.weights()?)?;
        check_shape(&config, &weights)?;
        let model = gemma::Model::new(false, &config.gemma()?, weights.named(compute.device()));
        let model = model.map_err(|error| weights.unusable(&error))?;
        Ok(Self { model, tokens, compute, layout })
    }

    fn logit(&mut self, ids: &[u32]) -> Result<f32, EncoderError> {
        let Self { model, compute, layout, .. } = self;
        compute.run(ids.len(), || {
            model.clear_kv_cache();
            let ids = Tensor::new(ids, compute.device())?.unsqueeze(0)?;
            model.forward(&ids, 0)?.i((0, 0, layout.yes))?.to_scalar::<f32>()
        })
    }
}

impl PassageScorer for LlmJudge {
    // A pair takes seconds on a processor.
    fn batch(&self) -> usize {
        1
    }

    fn read_question<'a>(&'a mut self, question: &str, _: Stop) -> Result<ScorePassages<'a>, EncoderError> {
        let question = self.tokens.ids(&format!("A: {question}"))?;
        Ok(Box::new(move |passages, stop| {
            let one = |passage: &String| {
                if stop() {
                    return Err(EncoderError::Stopped);
                }
                let body = self.tokens.ids(&format!("B: {passage}"))?;
                // The tokens of `B: ` are not part of the passage.
                let marker = self.tokens.ids("B: ")?.len().min(body.len());
                let (ids, read) = self.layout.sequence(&question, &body);
                let tokens_total = if passage.is_empty() { 0 } else { body.len() - marker };
                let tokens_read = read.saturating_sub(marker).min(tokens_total);
                Ok(Scored { score: self.logit(&ids)?, tokens_read, tokens_total })
            };
            passages.iter().map(one).collect()
        }))
    }
}

impl Layout {
    /// The whole sequence, and how many tokens of the passage are in it.
    fn sequence(&self, question: &[u32], passage: &[u32]) -> (Vec<u32>, usize) {
        let cut = |ids: &[u32], longest: usize| ids[..ids.len().min(longest)].to_vec();
        let mut ids: Vec<u32> = self.start.into_iter().collect();
        ids.extend(cut(question, self.longest * 3 / 4));
        ids.extend(&self.line);
        // FlagEmbedding gives the first three parts the space of line and prompt, and then adds those.
        let most = self.longest + self.line.len() + self.prompt.len();
        let passage = cut(passage, self.longest.min(most.saturating_sub(ids.len())));
        ids.extend(&passage);
        ids.extend(&self.line);
        ids.extend(&self.prompt);
        (ids, passage.len())
    }
}
