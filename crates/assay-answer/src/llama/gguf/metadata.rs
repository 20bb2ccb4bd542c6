//! The key-value pairs of a header.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek};

use super::cursor::{self, Cursor, Scan};

/// Key of the vocabulary.
const TOKENS: &str = "tokenizer.ggml.tokens";
/// Keys of the chat template. Where a model has several, converters write the one without a name to the first.
const TEMPLATES: [&str; 2] = ["tokenizer.chat_template", "tokenizer.chat_template.default"];
/// Longer texts are skipped, except chat templates.
const MAX_TEXT_BYTES: u64 = 1024;
/// The longest templates of today's models have about 20 kB.
const MAX_TEMPLATE_BYTES: u64 = 1 << 20;

/// The metadata of a model, as far as it is used here: integers, short texts, chat templates, and lengths of arrays.
#[derive(Default)]
pub(super) struct Metadata {
    keys: HashSet<String>,
    numbers: HashMap<String, i128>,
    texts: HashMap<String, String>,
    lengths: HashMap<String, u64>,
    repeated_token: bool,
}

impl Metadata {
    pub fn read_pair(&mut self, cursor: &mut Cursor<impl Read + Seek>) -> Scan<()> {
        let key = cursor.string(1024, "a key")?;
        if key.is_empty() || !self.keys.insert(key.clone()) {
            return Err(format!("the key {key:?} is empty or occurs twice"));
        }
        match cursor.u32()? {
            cursor::STRING => {
                let is_template = TEMPLATES.contains(&key.as_str());
                let most = if is_template { MAX_TEMPLATE_BYTES } else { MAX_TEXT_BYTES };
                let length = cursor.string_length(&key)?;
                if length > most && !is_template {
                    return cursor.skip(length, &key);
                }
                let text = cursor.bytes(length, most, &key)?;
                self.texts.insert(key, String::from_utf8_lossy(&text).into_owned());
            }
            cursor::ARRAY => self.read_array(cursor, key)?,
            kind => {
                if let Some(number) = cursor.scalar(kind, &key)? {
                    self.numbers.insert(key, number);
                }
            }
        }
        Ok(())
    }

    fn read_array(&mut self, cursor: &mut Cursor<impl Read + Seek>, key: String) -> Scan<()> {
        let kind = cursor.u32()?;
        let length = cursor.u64()?;
        if kind != cursor::STRING {
            let size =
                cursor::scalar_size(kind).ok_or_else(|| format!("{key} is an array of the unknown type {kind}"))?;
            let bytes = length.checked_mul(size).ok_or_else(|| format!("{key} claims {length} entries"))?;
            cursor.skip(bytes, &key)?;
        } else if key == TOKENS {
            self.repeated_token = repeated_token(cursor, length)?;
        } else {
            cursor.fits(length, 8, &key)?;
            for _ in 0..length {
                cursor.skip_string(&key)?;
            }
        }
        self.lengths.insert(key, length);
        Ok(())
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The model's chat template, where it has one that is not empty.
    pub fn chat_template(&self) -> Option<&str> {
        TEMPLATES.iter().filter_map(|key| self.text(key)).find(|template| !template.trim().is_empty())
    }

    /// An integer or boolean of the model's architecture.
    pub fn number(&self, architecture: &str, key: &str) -> Option<i128> {
        self.numbers.get(&format!("{architecture}.{key}")).copied()
    }

    fn length(&self, key: &str) -> u64 {
        self.lengths.get(key).copied().unwrap_or(0)
    }

    /// Bytes that each tensor's offset is a multiple of.
    pub fn alignment(&self) -> Scan<u64> {
        let alignment = self.numbers.get("general.alignment").copied().unwrap_or(32);
        let valid = u64::try_from(alignment).ok().filter(|value| value.is_power_of_two() && *value <= 1 << 20);
        valid.ok_or_else(|| format!("its alignment is {alignment}, which is no power of two up to a mebibyte"))
    }

    /// Checks the numbers that llama.cpp sizes its tables by, some of them unchecked.
    pub fn check_shape(&self, architecture: &str) -> Scan<()> {
        let limits = [
            ("block_count", 512),
            ("context_length", 1 << 31),
            ("embedding_length", 1 << 24),
            ("feed_forward_length", 1 << 28),
            ("attention.head_count", 1 << 16),
        ];
        for (key, most) in limits {
            if let Some(value) = self.number(architecture, key).filter(|value| !(1..=most).contains(value)) {
                return Err(format!("{architecture}.{key} is {value}, which is outside 1 to {most}"));
            }
        }
        for key in ["tokenizer.ggml.scores", "tokenizer.ggml.token_type"] {
            let (rows, tokens) = (self.length(key), self.length(TOKENS));
            if self.lengths.contains_key(key) && rows < tokens {
                return Err(format!("{key} has only {rows} rows for {tokens} tokens"));
            }
        }
        // llama.cpp asserts that all tokens differ; a failed assertion ends the process.
        if self.repeated_token { Err("a token occurs twice in its vocabulary".to_owned()) } else { Ok(()) }
    }

    /// Why the model cannot write answers, if it cannot.
    pub fn unfit(&self, architecture: &str) -> Option<String> {
        let kind = self.text("general.type").unwrap_or("model");
        if kind != "model" {
            return Some(format!("it is not a whole model but of the type {kind:?}"));
        }
        if let Some(parts) = self.numbers.get("split.count").filter(|parts| **parts > 1) {
            return Some(format!("it is one of {parts} parts; join them first with llama.cpp's gguf-split --merge"));
        }
        let pooled = self.number(architecture, "pooling_type").is_some_and(|pooling| pooling != 0);
        let looks_ahead = self.number(architecture, "attention.causal") == Some(0);
        if ENCODERS.contains(&architecture) || pooled || looks_ahead {
            return Some(format!("it is an embedding or ranking model ({architecture}), not one that writes"));
        }
        if architecture.starts_with("t5") {
            return Some("models with a separate encoder (t5) are not supported".to_owned());
        }
        let tokenizer = self.text("tokenizer.ggml.model").unwrap_or("none");
        if matches!(tokenizer, "none" | "no_vocab") || self.length(TOKENS) == 0 {
            return Some("it has no vocabulary".to_owned());
        }
        None
    }
}

/// Architectures of llama.cpp that compute vectors and write no text.
const ENCODERS: [&str; 13] = [
    "bert",
    "modern-bert",
    "nomic-bert",
    "nomic-bert-moe",
    "neo-bert",
    "jina-bert-v2",
    "jina-bert-v3",
    "eurobert",
    "gemma-embedding",
    "llama-embed",
    "t5encoder",
    "clip",
    "wavtokenizer-dec",
];

/// Skips the vocabulary and returns whether two of its tokens are the same.
fn repeated_token(cursor: &mut Cursor<impl Read + Seek>, length: u64) -> Scan<bool> {
    cursor.fits(length, 8, TOKENS)?;
    let hasher = RandomState::new();
    let mut seen = HashSet::new();
    let mut repeated = false;
    for _ in 0..length {
        let size = cursor.string_length(TOKENS)?;
        let token = cursor.bytes(size, 1 << 16, TOKENS)?;
        // llama.cpp reads up to a zero byte and makes up names for empty tokens.
        let token = token.split(|byte| *byte == 0).next().unwrap_or_default();
        repeated |= !token.is_empty() && !seen.insert(hasher.hash_one(token));
    }
    Ok(repeated)
}
