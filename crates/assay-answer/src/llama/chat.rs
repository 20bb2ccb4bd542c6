//! A prompt in the form that a model was trained with.
//!
//! The template is rendered once, with place marks for the two texts, and split at them. Only the template's own pieces
//! are read for control tokens, so a passage that contains `<|im_end|>` stays plain text and cannot end the user's turn.

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use super::template::ChatTemplate;
use crate::ThinkingSplit;

/// The pieces of a prompt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chat {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// The template's own text, with its control tokens.
    Frame(String),
    System,
    User,
}

/// Private-use characters, which no template trims, splits or changes the case of.
const SYSTEM_MARK: &str = "\u{e000}\u{e001}";
const USER_MARK: &str = "\u{e000}\u{e002}";

impl Chat {
    /// The pieces of a chat template. Some templates refuse or drop a system message; then the rules go before the
    /// question, in the user's turn.
    ///
    /// # Errors
    /// Why the template cannot be used.
    pub fn of(template: ChatTemplate) -> Result<Self, String> {
        if let Ok(text) = template.render(&[("system", SYSTEM_MARK), ("user", USER_MARK)])
            && let Some(pieces) = split(&text, &[(SYSTEM_MARK, &[Piece::System]), (USER_MARK, &[Piece::User])])
        {
            return Ok(Self { pieces });
        }
        let text = template.render(&[("user", USER_MARK)]).map_err(|error| error.to_string())?;
        let rules_and_question = [Piece::System, Piece::Frame("\n\n".to_owned()), Piece::User];
        let pieces = split(&text, &[(USER_MARK, &rules_and_question)]);
        Ok(Self { pieces: pieces.ok_or("it does not contain the question exactly once")? })
    }

    /// Rules, question and `Answer:` with blank lines between them, for a model without a template.
    pub fn plain() -> Self {
        let frame = |text: &str| Piece::Frame(text.to_owned());
        Self { pieces: vec![Piece::System, frame("\n\n"), Piece::User, frame("\n\nAnswer:\n")] }
    }

    /// Whether the template begins the answer with thinking.
    pub fn opens_thinking(&self) -> bool {
        matches!(self.pieces.last(), Some(Piece::Frame(frame)) if ThinkingSplit::is_open(frame))
    }

    /// The tokens of a prompt, with the model's begin-of-text token where it wants one.
    pub fn tokens(&self, model: &LlamaModel, system: &str, user: &str) -> Vec<LlamaToken> {
        let vocabulary = model.vocab();
        let mut tokens = Vec::new();
        for piece in &self.pieces {
            let (text, parse_special) = match piece {
                Piece::Frame(frame) => (frame.as_str(), true),
                Piece::System => (system, false),
                Piece::User => (user, false),
            };
            tokens.extend(vocabulary.tokenize(text.as_bytes(), false, parse_special));
        }
        let begin = vocabulary.bos();
        if vocabulary.should_add_bos() && begin.0 >= 0 && tokens.first() != Some(&begin) {
            tokens.insert(0, begin);
        }
        tokens
    }
}

/// The rendered text with the pieces in place of their marks; `None` unless each mark occurs exactly once.
fn split(rendered: &str, marks: &[(&str, &[Piece])]) -> Option<Vec<Piece>> {
    if marks.iter().any(|(mark, _)| rendered.matches(mark).count() != 1) {
        return None;
    }
    let mut pieces = vec![Piece::Frame(rendered.to_owned())];
    for (mark, inserted) in marks {
        pieces = pieces
            .into_iter()
            .flat_map(|piece| match &piece {
                Piece::Frame(text) => match text.split_once(mark) {
                    Some((before, after)) => {
                        let mut parts = vec![Piece::Frame(before.to_owned())];
                        parts.extend_from_slice(inserted);
                        parts.push(Piece::Frame(after.to_owned()));
                        parts
                    }
                    None => vec![piece],
                },
                Piece::System | Piece::User => vec![piece],
            })
            .collect();
    }
    Some(pieces)
}

#[cfg(test)]
mod tests;
