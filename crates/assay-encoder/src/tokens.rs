//! Tokenisation: text to token ids, and ids to sequences with the model's special tokens.

use std::ops::Range;
use std::path::Path;

use tokenizers::{Encoding, Token, Tokenizer};

use crate::EncoderError;
use crate::batch::TokenSequence;

// Placeholders for the texts in a frame; no vocabulary is this large.
const FIRST: u32 = u32::MAX - 1;
const SECOND: u32 = u32::MAX;

/// A tokenizer, and its frames: the special tokens around a text and around a pair.
///
/// The frames come from the post-processor of `tokenizer.json`, so `[CLS] q [SEP] d [SEP]` and
/// `<s> q </s></s> d </s>` need no code of their own.
pub(crate) struct Tokens {
    tokenizer: Tokenizer,
    single: Vec<(u32, u32)>,
    pair: Vec<(u32, u32)>,
    /// `truncation.max_length` of `tokenizer.json`.
    truncation: Option<usize>,
    /// BLAKE3 of `tokenizer.json`, in hex.
    hash: String,
}

/// The tokens of a pair, and how many of its passage are among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub sequence: TokenSequence,
    pub tokens_read: usize,
    pub tokens_total: usize,
}

impl Tokens {
    /// Opens `tokenizer.json`. `types` is the number of token types the model knows.
    pub fn open(path: &Path, types: usize) -> Result<Self, EncoderError> {
        let bad = |reason: String| unusable(path, reason);
        let (tokenizer, truncation, hash) = read(path)?;
        let frame = |second: Option<Encoding>| {
            let parts = if second.is_some() { 2 } else { 1 };
            let framed =
                tokenizer.post_process(placeholder(FIRST, 0), second, true).map_err(|error| bad(error.to_string()))?;
            let last = types.saturating_sub(1) as u32;
            let ids = framed.get_ids().iter().copied();
            let frame: Vec<_> = ids.zip(framed.get_type_ids().iter().map(|kind| (*kind).min(last))).collect();
            let texts = frame.iter().filter(|(id, _)| *id >= FIRST).count();
            if texts != parts || frame.len() == parts {
                return Err(bad("its post-processor puts no special tokens around a text".into()));
            }
            Ok(frame)
        };
        let (single, pair) = (frame(None)?, frame(Some(placeholder(SECOND, 1)))?);
        Ok(Self { tokenizer, single, pair, truncation, hash })
    }

    /// Opens `tokenizer.json` of a model whose prompts bring their special tokens along: frames are empty.
    pub fn open_unframed(path: &Path) -> Result<Self, EncoderError> {
        let (tokenizer, truncation, hash) = read(path)?;
        Ok(Self { tokenizer, single: vec![(FIRST, 0)], pair: vec![(FIRST, 0), (SECOND, 0)], truncation, hash })
    }

    /// BLAKE3 of `tokenizer.json`, in hex.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// `truncation.max_length` of `tokenizer.json`.
    pub fn truncation(&self) -> Option<usize> {
        self.truncation
    }

    /// Number of tokens that frame one text.
    pub fn single_frame(&self) -> usize {
        self.single.len() - 1
    }

    /// Number of tokens that frame a pair.
    pub fn pair_frame(&self) -> usize {
        self.pair.len() - 2
    }

    /// Token ids of a text, without special tokens.
    pub fn ids(&self, text: &str) -> Result<Vec<u32>, EncoderError> {
        let encoding = self.tokenizer.encode_fast(text, false);
        encoding
            .map(|encoding| encoding.get_ids().to_vec())
            .map_err(|error| EncoderError::Text { reason: error.to_string() })
    }

    /// The ids of a text, and the range of bytes that each of them covers.
    pub fn ids_and_places(&self, text: &str) -> Result<(Vec<u32>, Vec<Range<usize>>), EncoderError> {
        let encoding =
            self.tokenizer.encode(text, false).map_err(|error| EncoderError::Text { reason: error.to_string() })?;
        let places = encoding.get_offsets().iter().map(|(start, end)| *start..*end).collect();
        Ok((encoding.get_ids().to_vec(), places))
    }

    /// The id of a token as the vocabulary writes it.
    pub fn id(&self, token: &str) -> Option<u32> {
        self.tokenizer.token_to_id(token)
    }

    /// One text, truncated at its end to at most `longest` tokens with its frame.
    pub fn single(&self, text: &[u32], longest: usize) -> TokenSequence {
        fill(&self.single, truncate(text, longest.saturating_sub(self.single_frame())), &[])
    }

    /// A question and a passage in at most `longest` tokens.
    ///
    /// The question is kept whole up to three quarters of the length and the passage gets the rest, so a long
    /// passage never crowds out the question. The rule is FlagEmbedding's.
    pub fn pair(&self, question: &[u32], passage: &[u32], longest: usize) -> Pair {
        let (first, second) = self.share(question.len(), longest);
        let (question, read) = (truncate(question, first), truncate(passage, second));
        Pair { sequence: fill(&self.pair, question, read), tokens_read: read.len(), tokens_total: passage.len() }
    }

    /// Bytes of a passage that [`Tokens::pair`] keeps; `None` if it keeps all of it.
    pub fn truncated_at(&self, question: &str, passage: &str, longest: usize) -> Option<usize> {
        let question = self.ids(question).ok()?;
        let encoding = self.tokenizer.encode(passage, false).ok()?;
        let pair = self.pair(&question, encoding.get_ids(), longest);
        if pair.tokens_read == pair.tokens_total {
            return None;
        }
        let last = pair.tokens_read.checked_sub(1).and_then(|last| encoding.get_offsets().get(last));
        Some(last.map_or(0, |(_, end)| *end))
    }
}

impl Tokens {
    /// Most tokens of a question and of its passage, by the rule of [`Tokens::pair`].
    pub fn share(&self, question: usize, longest: usize) -> (usize, usize) {
        let space = longest.saturating_sub(self.pair_frame());
        let first = question.min(longest * 3 / 4).min(space);
        (first, space - first)
    }
}

/// A tokenizer without truncation and padding, the truncation that it had, and the file's hash.
fn read(path: &Path) -> Result<(Tokenizer, Option<usize>, String), EncoderError> {
    let bad = |reason: String| unusable(path, reason);
    let bytes = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| bad(error.to_string()))?;
    let truncation = tokenizer.get_truncation().map(|truncation| truncation.max_length);
    // The tokenizer would pad and truncate each text by itself; pairs are truncated as pairs here.
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).map_err(|error| bad(error.to_string()))?;
    Ok((tokenizer, truncation, hash))
}

fn unusable(path: &Path, reason: String) -> EncoderError {
    EncoderError::Tokenizer { folder: path.parent().unwrap_or(path).to_path_buf(), reason }
}

fn placeholder(id: u32, kind: u32) -> Encoding {
    Encoding::from_tokens(vec![Token::new(id, "x".into(), (0, 1))], kind)
}

fn truncate(ids: &[u32], longest: usize) -> &[u32] {
    ids.get(..longest).unwrap_or(ids)
}

fn fill(frame: &[(u32, u32)], first: &[u32], second: &[u32]) -> TokenSequence {
    let mut sequence = TokenSequence::default();
    for (id, kind) in frame {
        let ids = match *id {
            FIRST => first,
            SECOND => second,
            _ => std::slice::from_ref(id),
        };
        sequence.ids.extend_from_slice(ids);
        sequence.types.resize(sequence.ids.len(), *kind);
    }
    sequence
}
