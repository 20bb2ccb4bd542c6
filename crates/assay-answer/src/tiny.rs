//! A tiny model of the Llama architecture for tests: two layers with seeded random weights.
//!
//! Its answers are gibberish of a few dozen words and citation numbers, but they go through the real chat template and
//! llama.cpp's tokenizer, sampler and context. With temperature 0 they are the same every time on one machine. It never
//! ends an answer by itself.

mod vocabulary;
mod metadata;

use std::io;
use std::path::Path;

use metadata::{Pairs, put_text};
use vocabulary::{Token, vocabulary};

/// Writes the usual tiny model (about 640 kB).
///
/// # Errors
/// Those of writing a file.
pub fn write_tiny_model(path: &Path) -> io::Result<()> {
    TinyModel::default().write(path)
}

/// A tiny model, with the properties that decide whether a writer accepts it.
#[derive(Debug, Clone)]
pub struct TinyModel {
    /// The architecture that the header names; the weights are always Llama's.
    pub architecture: &'static str,
    /// The header's chat template.
    pub chat_template: Option<&'static str>,
    /// Whether it has a vocabulary.
    pub vocabulary: bool,
    /// Pooling of embeddings (1 is mean), as embedding models have it.
    pub pooling: Option<u32>,
    /// Tokens of context.
    pub context_length: u32,
    /// Each seed gives other gibberish.
    pub seed: u64,
}

/// ChatML.
pub const CHAT_TEMPLATE: &str = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}\
     {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

impl Default for TinyModel {
    fn default() -> Self {
        Self {
            architecture: "llama",
            chat_template: Some(CHAT_TEMPLATE),
            vocabulary: true,
            pooling: None,
            context_length: 8192,
            seed: 7,
        }
    }
}

const WIDTH: u64 = 64;
const HIDDEN: u64 = 128;
const HEADS: u32 = 4;
const LAYERS: u32 = 2;
const ALIGNMENT: usize = 32;

impl TinyModel {
    /// Writes the model.
    ///
    /// # Errors
    /// Those of writing a file.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        std::fs::write(path, self.bytes())
    }

    /// The file's bytes: GGUF version 3, weights in f32.
    pub fn bytes(&self) -> Vec<u8> {
        let tokens = vocabulary();
        let tensors = self.tensors(&tokens);
        let mut pairs = Pairs::default();
        self.describe(&mut pairs, &tokens);

        let mut file = b"GGUF".to_vec();
        file.extend(3u32.to_le_bytes());
        file.extend((tensors.len() as u64).to_le_bytes());
        file.extend(pairs.count.to_le_bytes());
        file.extend(pairs.bytes);
        let mut offset = 0u64;
        for (name, shape, values) in &tensors {
            put_text(&mut file, name);
            file.extend((shape.len() as u32).to_le_bytes());
            file.extend(shape.iter().flat_map(|extent| extent.to_le_bytes()));
            file.extend(0u32.to_le_bytes());
            file.extend(offset.to_le_bytes());
            offset += (values.len() as u64 * 4).next_multiple_of(ALIGNMENT as u64);
        }
        for (_, _, values) in &tensors {
            file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
            file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        file
    }

    fn describe(&self, pairs: &mut Pairs, tokens: &[Token]) {
        pairs.text("general.architecture", self.architecture);
        pairs.text("general.name", "tiny writer");
        let own = |key: &str| format!("{}.{key}", self.architecture);
        pairs.number(&own("context_length"), self.context_length);
        pairs.number(&own("embedding_length"), WIDTH as u32);
        pairs.number(&own("feed_forward_length"), HIDDEN as u32);
        pairs.number(&own("block_count"), LAYERS);
        pairs.number(&own("attention.head_count"), HEADS);
        pairs.number(&own("attention.head_count_kv"), HEADS);
        pairs.number(&own("rope.dimension_count"), WIDTH as u32 / HEADS);
        pairs.number(&own("vocab_size"), tokens.len() as u32);
        pairs.put(&own("attention.layer_norm_rms_epsilon"), 6, &1e-5f32.to_le_bytes());
        if let Some(pooling) = self.pooling {
            pairs.number(&own("pooling_type"), pooling);
        }
        if !self.vocabulary {
            pairs.text("tokenizer.ggml.model", "none");
            return;
        }
        pairs.text("tokenizer.ggml.model", "llama");
        let texts = tokens.iter().map(|token| {
            let mut bytes = Vec::new();
            put_text(&mut bytes, &token.text);
            bytes
        });
        pairs.array("tokenizer.ggml.tokens", 8, texts);
        pairs.array("tokenizer.ggml.scores", 6, tokens.iter().map(|token| token.score.to_le_bytes().to_vec()));
        pairs.array("tokenizer.ggml.token_type", 5, tokens.iter().map(|token| token.kind.to_le_bytes().to_vec()));
        pairs.number("tokenizer.ggml.unknown_token_id", 0);
        pairs.number("tokenizer.ggml.bos_token_id", 1);
        pairs.number("tokenizer.ggml.eos_token_id", 2);
        pairs.put("tokenizer.ggml.add_bos_token", 7, &[1]);
        if let Some(template) = self.chat_template {
            pairs.text("tokenizer.chat_template", template);
        }
    }

    fn tensors(&self, tokens: &[Token]) -> Vec<(String, Vec<u64>, Vec<f32>)> {
        let mut random = SplitMix64(self.seed);
        let mut tensors = Vec::new();
        let mut add = |name: String, shape: &[u64], values: Vec<f32>| tensors.push((name, shape.to_vec(), values));
        let rows = tokens.len() as u64;
        add("token_embd.weight".into(), &[WIDTH, rows], random.uniform(WIDTH * rows, 1.0));
        add("output_norm.weight".into(), &[WIDTH], vec![1.0; WIDTH as usize]);
        // Only whole words can win: the logit of every other token is 0, and that of some word is above 0.
        let output = tokens.iter().flat_map(|token| {
            let row = random.uniform(WIDTH, 1.0);
            row.into_iter().map(|value| if token.written { value } else { 0.0 }).collect::<Vec<_>>()
        });
        add("output.weight".into(), &[WIDTH, rows], output.collect());
        for layer in 0..LAYERS {
            for (name, columns, rows) in [
                ("attn_q", WIDTH, WIDTH),
                ("attn_k", WIDTH, WIDTH),
                ("attn_v", WIDTH, WIDTH),
                ("attn_output", WIDTH, WIDTH),
                ("ffn_gate", WIDTH, HIDDEN),
                ("ffn_up", WIDTH, HIDDEN),
                ("ffn_down", HIDDEN, WIDTH),
            ] {
                add(format!("blk.{layer}.{name}.weight"), &[columns, rows], random.uniform(columns * rows, 0.3));
            }
            for name in ["attn_norm", "ffn_norm"] {
                add(format!("blk.{layer}.{name}.weight"), &[WIDTH], vec![1.0; WIDTH as usize]);
            }
        }
        tensors
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same weights on every machine.
struct SplitMix64(u64);

impl SplitMix64 {
    /// `count` values from `-bound` to `bound`.
    fn uniform(&mut self, count: u64, bound: f32) -> Vec<f32> {
        (0..count).map(|_| self.next() * bound).collect()
    }

    /// From -1 to 1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}
