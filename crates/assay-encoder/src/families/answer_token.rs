//! The words that a language model answers with.

use crate::EncoderError;
use crate::folder::ModelFolder;
use crate::tokens::Tokens;

/// The id of a word of the answer, below `vocabulary`. The score is read off one logit, so the word must be a token by
/// itself; some tokenizers write it with a mark for the space before it.
pub(crate) fn answer_token(
    tokens: &Tokens,
    folder: &ModelFolder,
    word: &str,
    vocabulary: usize,
) -> Result<u32, EncoderError> {
    let whole = match tokens.ids(word)?.as_slice() {
        // An unknown word can be one token too.
        [id] => [word.to_string(), format!("▁{word}")].iter().any(|word| tokens.id(word) == Some(*id)).then_some(*id),
        _ => None,
    };
    whole.filter(|id| (*id as usize) < vocabulary).ok_or_else(|| EncoderError::Tokenizer {
        folder: folder.path().to_path_buf(),
        reason: format!("{word} is not a token by itself, and the model answers with it"),
    })
}
