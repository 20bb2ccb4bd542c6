//! Rows of the cache as bytes: little-endian fields, then a checksum over them and their key, so that
//! a torn page is never read as a score.

use assay_domain::GenerationId;
use assay_domain::port::{PassageScore, ScoreKey};

/// The first half of a BLAKE3 hash: 128 bits.
pub type Hash = [u8; 16];

/// Bytes of the checksum.
const CHECK: usize = 8;

/// Hash of a text.
pub fn text_hash(text: &str) -> Hash {
    first_half(&blake3::hash(text.as_bytes()))
}

/// Hash of everything that a score depends on besides its passage.
pub fn question_hash(key: &ScoreKey) -> Hash {
    let mut hasher = blake3::Hasher::new();
    let longest = key.max_tokens.to_string();
    for part in [&key.weights, &key.tokenizer, key.precision.as_str(), &longest, key.windowing] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    first_half(&hasher.update(&key.question).finalize())
}

/// A score as a row.
pub fn score_row(question: &Hash, generation: GenerationId, passage: &Hash, score: &PassageScore) -> Vec<u8> {
    let fields = [score.logit.to_bits(), score.tokens_read, score.tokens_total, score.windows, score.window];
    checked(question, generation, passage, fields.iter().flat_map(|field| field.to_le_bytes()).collect())
}

/// The score of a row, unless the row is damaged.
pub fn score_from(question: &Hash, generation: GenerationId, passage: &Hash, row: &[u8]) -> Option<PassageScore> {
    let fields = numbers(verified(question, generation, passage, row)?);
    let [logit, tokens_read, tokens_total, windows, window] = fields.try_into().ok()?;
    let logit = f32::from_bits(logit);
    logit.is_finite().then_some(PassageScore { logit, tokens_read, tokens_total, windows, window })
}

/// Token ids as a row.
pub fn ids_row(tokenizer: &Hash, generation: GenerationId, passage: &Hash, ids: &[u32]) -> Vec<u8> {
    checked(tokenizer, generation, passage, ids.iter().flat_map(|id| id.to_le_bytes()).collect())
}

/// The token ids of a row, unless the row is damaged.
pub fn ids_from(tokenizer: &Hash, generation: GenerationId, passage: &Hash, row: &[u8]) -> Option<Vec<u32>> {
    verified(tokenizer, generation, passage, row).map(numbers)
}

fn first_half(hash: &blake3::Hash) -> Hash {
    let mut first_half = Hash::default();
    first_half.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    first_half
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number)).collect()
}

fn checked(owner: &Hash, generation: GenerationId, passage: &Hash, mut bytes: Vec<u8>) -> Vec<u8> {
    let check = check(owner, generation, passage, &bytes);
    bytes.extend_from_slice(&check);
    bytes
}

fn verified<'a>(owner: &Hash, generation: GenerationId, passage: &Hash, row: &'a [u8]) -> Option<&'a [u8]> {
    let (bytes, found) = row.split_at_checked(row.len().checked_sub(CHECK)?)?;
    (check(owner, generation, passage, bytes) == found).then_some(bytes)
}

fn check(owner: &Hash, generation: GenerationId, passage: &Hash, bytes: &[u8]) -> [u8; CHECK] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(owner).update(&generation.0.to_le_bytes()).update(passage).update(bytes);
    let mut check = [0; CHECK];
    hasher.finalize_xof().fill(&mut check);
    check
}
