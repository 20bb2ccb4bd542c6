//! Rules and question in the form that a model was trained on.
//!
//! The template is rendered once with place marks and taken apart there. Only its own pieces
//! are read for control tokens, so a passage that says `<|im_end|>` stays plain text and
//! cannot end the user's turn.

use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};
use llama_cpp_2::token::LlamaToken;

/// A chat template, taken apart.
pub(super) struct Chat {
    pieces: Vec<Piece>,
    /// Whether the pieces are the model's own template.
    pub templated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Frame(String),
    System,
    User,
}

const SYSTEM_MARK: &str = "\u{e000}system\u{e001}";
const USER_MARK: &str = "\u{e000}user\u{e001}";

impl Chat {
    /// The model's own template where llama.cpp knows its kind; otherwise rules, question and
    /// `Answer:` with blank lines between them.
    pub fn of(model: &LlamaModel) -> Self {
        match model.chat_template(None).ok().and_then(|template| own(model, &template)) {
            Some(pieces) => Self { pieces, templated: true },
            None => Self { pieces: plain(), templated: false },
        }
    }

    /// The tokens of a prompt, with the model's begin-of-text token where it wants one.
    pub fn tokens(&self, model: &LlamaModel, system: &str, user: &str) -> Vec<LlamaToken> {
        let vocabulary = model.vocab();
        let mut tokens = Vec::new();
        for piece in &self.pieces {
            let (text, control) = match piece {
                Piece::Frame(frame) => (frame.as_str(), true),
                Piece::System => (system, false),
                Piece::User => (user, false),
            };
            tokens.extend(vocabulary.tokenize(text.as_bytes(), false, control));
        }
        let begin = vocabulary.bos();
        if vocabulary.should_add_bos() && begin.0 >= 0 && tokens.first() != Some(&begin) {
            tokens.insert(0, begin);
        }
        tokens
    }
}

/// Some templates have no place for rules; then they go before the question.
fn own(model: &LlamaModel, template: &LlamaChatTemplate) -> Option<Vec<Piece>> {
    let both = render(model, template, &[("system", SYSTEM_MARK), ("user", USER_MARK)]);
    let question = || render(model, template, &[("user", USER_MARK)]);
    both.and_then(|text| apart(&text)).or_else(|| {
        let (before, after) =
            question()?.split_once(USER_MARK).map(|(before, after)| (before.to_owned(), after.to_owned()))?;
        Some(vec![
            Piece::Frame(before),
            Piece::System,
            Piece::Frame("\n\n".to_owned()),
            Piece::User,
            Piece::Frame(after),
        ])
    })
}

fn render(model: &LlamaModel, template: &LlamaChatTemplate, turns: &[(&str, &str)]) -> Option<String> {
    let turns: Result<Vec<_>, _> =
        turns.iter().map(|(role, words)| LlamaChatMessage::new((*role).to_owned(), (*words).to_owned())).collect();
    model.apply_chat_template(template, &turns.ok()?, true).ok()
}

fn apart(rendered: &str) -> Option<Vec<Piece>> {
    let (before, rest) = rendered.split_once(SYSTEM_MARK)?;
    let (between, after) = rest.split_once(USER_MARK)?;
    let frame = |text: &str| Piece::Frame(text.to_owned());
    Some(vec![frame(before), Piece::System, frame(between), Piece::User, frame(after)])
}

fn plain() -> Vec<Piece> {
    let frame = |text: &str| Piece::Frame(text.to_owned());
    vec![Piece::System, frame("\n\n"), Piece::User, frame("\n\nAnswer:\n")]
}
