//! LLM judge: a language model reads question, passage and prompt, and the logit of `Yes` is the score.
//!
//! Layout, prompt and truncation are those of FlagEmbedding's `BaseLLMReranker` (bge-reranker-v2-gemma):
//! `<bos>A: question \n B: passage \n prompt`, with each part tokenised by itself. The body is candle's Gemma. The
//! first Gemma files name the activation `gelu` and mean its approximation by tanh; transformers corrects that and
//! candle does not, so the configuration is corrected here.

use std::sync::Arc;

use candle_core::{Device, IndexOp, Tensor};
use candle_nn::Activation;
use candle_transformers::models::gemma;
use serde::Deserialize;

use super::passage_scorer::{PassageScorer, ScorePassages, Scored, Stop};
use super::per_sequence::threads_of;
use crate::EncoderError;
use crate::counters::Tally;
use crate::folder::ModelFolder;
use crate::padded::device_failed;
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
    device: Device,
    threads: rayon::ThreadPool,
    tally: Arc<Tally>,
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

#[derive(Deserialize)]
struct ConfigFile {
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: usize,
    head_dim: usize,
    rms_norm_eps: f64,
    max_position_embeddings: usize,
    #[serde(default)]
    rope_theta: Option<f64>,
    #[serde(default)]
    rope_parameters: Option<RopeFile>,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    bos_token_id: Option<u32>,
    #[serde(default)]
    pad_token_id: Option<u32>,
    #[serde(default)]
    hidden_act: Option<String>,
    #[serde(default)]
    hidden_activation: Option<String>,
}

#[derive(Deserialize)]
struct RopeFile {
    rope_theta: f64,
}

impl LlmJudge {
    /// Reads a folder with a Gemma model. `longest` bounds question and passage together.
    pub fn open(
        folder: &ModelFolder,
        device: &Device,
        threads: usize,
        tally: Arc<Tally>,
        longest: usize,
    ) -> Result<Self, EncoderError> {
        let file: ConfigFile = folder.config()?;
        let config = file.checked()?;
        let tokens = Tokens::open(&folder.tokenizer()?, 1)?;
        let layout = Layout {
            start: file.bos_token_id.filter(|start| Some(*start) != file.pad_token_id),
            line: tokens.ids("\n")?,
            prompt: tokens.ids(PROMPT)?,
            yes: tokens.ids("Yes")?.first().copied().unwrap_or_default() as usize,
            longest,
        };
        // Question, passage and the tokens around them need a position each.
        let most = longest + 2 * (layout.line.len() + layout.prompt.len()) + 1;
        if most > config.max_position_embeddings || layout.yes >= config.vocab_size {
            return Err(EncoderError::Unsupported { part: format!("{} positions", config.max_position_embeddings) });
        }
        let weights = Weights::of_files(&folder.weights()?)?;
        weights.outside("model.norm.weight", &[config.hidden_size])?;
        let builder = weights.named(device);
        let model = gemma::Model::new(false, &config, builder).map_err(|error| weights.unusable(&error))?;
        Ok(Self { model, tokens, device: device.clone(), threads: threads_of(threads)?, tally, layout })
    }

    fn logit(&mut self, ids: &[u32]) -> Result<f32, EncoderError> {
        let Self { model, device, threads, layout, .. } = self;
        self.tally.add(ids.len(), ids.len());
        let compute = || {
            model.clear_kv_cache();
            let ids = Tensor::new(ids, device)?.unsqueeze(0)?;
            model.forward(&ids, 0)?.i((0, 0, layout.yes))?.to_scalar::<f32>()
        };
        threads.install(compute).map_err(|error| device_failed(device, &error))
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

impl ConfigFile {
    fn checked(&self) -> Result<gemma::Config, EncoderError> {
        let activation = self.hidden_activation.as_deref().or(self.hidden_act.as_deref());
        if !matches!(activation, None | Some("gelu" | "gelu_pytorch_tanh")) {
            let part = format!("the activation {}", activation.unwrap_or_default());
            return Err(EncoderError::Unsupported { part });
        }
        let theta = self.rope_parameters.as_ref().map(|rope| rope.rope_theta).or(self.rope_theta);
        Ok(gemma::Config {
            attention_bias: self.attention_bias,
            head_dim: self.head_dim,
            hidden_act: None,
            hidden_activation: Some(Activation::GeluPytorchTanh),
            hidden_size: self.hidden_size,
            intermediate_size: self.intermediate_size,
            num_attention_heads: self.num_attention_heads,
            num_hidden_layers: self.num_hidden_layers,
            num_key_value_heads: self.num_key_value_heads,
            rms_norm_eps: self.rms_norm_eps,
            rope_theta: theta.unwrap_or(10_000.0),
            vocab_size: self.vocab_size,
            max_position_embeddings: self.max_position_embeddings,
        })
    }
}
