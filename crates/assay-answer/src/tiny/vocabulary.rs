//! The tiny model's tokens.

use std::collections::HashSet;

/// A token of the vocabulary.
pub(super) struct Token {
    pub text: String,
    /// 1 normal, 2 unknown, 3 control, 6 byte.
    pub kind: i32,
    /// Higher is merged first.
    pub score: f32,
    /// Whether an answer may contain it.
    pub written: bool,
}

/// Control tokens, all bytes, and the words with each of their prefixes, because the tokenizer builds a word by extending
/// a prefix.
pub(super) fn vocabulary() -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |text: String, kind: i32, written: bool| {
        if seen.insert(text.clone()) {
            let score = -(tokens.len() as f32);
            tokens.push(Token { text, kind, score, written });
        }
    };
    for (text, kind) in [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("<|im_start|>", 3), ("<|im_end|>", 3)] {
        add(text.to_owned(), kind, false);
    }
    for byte in 0..=255u8 {
        add(format!("<0x{byte:02X}>"), 6, false);
    }
    for word in WORDS.split_whitespace() {
        add(format!("▁{word}"), 1, true);
    }
    for word in WORDS.split_whitespace() {
        let marked = format!("▁{word}");
        for (end, _) in marked.char_indices().skip(1) {
            add(marked.get(..end).unwrap_or_default().to_owned(), 1, false);
        }
    }
    for character in (' '..='~').chain("水泵压力的是在“”。，".chars()).filter(|c| *c != ' ') {
        add(character.to_string(), 1, false);
    }
    tokens
}

const WORDS: &str = "the of and to in is for that with on as by at from it was are this pump valve water pressure bar roof \
    cellar filter oil temperature machine sensor door building morning day week year once twice every before after \
    open close check replace read write says not more less high low red blue first second [1] [2] [3] [1]. [2]. . ,";
