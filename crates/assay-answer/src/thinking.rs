//! What a model writes to itself before its answer, told from the answer as both come in.
//!
//! Thinking models write between `<think>` and `</think>`, some with the first of them in their chat template. A tag counts
//! only before the answer's first word: an answer may quote one.

/// A piece of what a model wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A part of the answer.
    Answer(String),
    /// A part of what comes before it.
    Thinking(String),
}

/// The tags around thinking.
const TAGS: [(&str, &str); 3] = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>")];

/// Splits a model's text as it comes.
#[derive(Debug, Clone)]
pub struct ThinkingSplit {
    state: State,
    /// The end of what came in, as long as it may be the beginning of a tag.
    held: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the answer's first word.
    Before,
    /// Until this tag.
    Thinking(&'static str),
    Answering,
}

impl ThinkingSplit {
    /// A splitter; `open` if the prompt ends with an opening tag.
    pub fn new(open: bool) -> Self {
        let state = if open { State::Thinking(TAGS[0].1) } else { State::Before };
        Self { state, held: String::new() }
    }

    /// Whether a prompt ends with an opening tag.
    pub fn is_open(prompt: &str) -> bool {
        TAGS.iter().any(|(open, _)| prompt.trim_end().ends_with(open))
    }

    /// The pieces that are decided with more text.
    pub fn push(&mut self, text: &str) -> Vec<Said> {
        self.held.push_str(text);
        let mut said = Vec::new();
        while self.step(&mut said) {}
        said
    }

    /// What is left at the end.
    pub fn finish(mut self) -> Option<Said> {
        let rest = std::mem::take(&mut self.held);
        let said = if matches!(self.state, State::Thinking(_)) { Said::Thinking(rest) } else { Said::Answer(rest) };
        Some(said).filter(|said| !matches!(said, Said::Answer(text) | Said::Thinking(text) if text.is_empty()))
    }

    /// Takes one piece off what is held; whether there may be another one.
    fn step(&mut self, said: &mut Vec<Said>) -> bool {
        match self.state {
            State::Before => {
                let begun = self.held.trim_start();
                if let Some((open, close)) = TAGS.iter().find(|(open, _)| begun.starts_with(open)) {
                    self.held = begun.get(open.len()..).unwrap_or_default().to_owned();
                    self.state = State::Thinking(close);
                    return true;
                }
                let undecided = begun.is_empty() || TAGS.iter().any(|(open, _)| open.starts_with(begun));
                if !undecided {
                    self.held = begun.to_owned();
                    self.state = State::Answering;
                }
                !undecided
            }
            State::Thinking(close) => {
                if let Some(at) = self.held.find(close) {
                    let rest = self.held.split_off(at);
                    push(said, Said::Thinking, std::mem::take(&mut self.held));
                    self.held = rest.get(close.len()..).unwrap_or_default().to_owned();
                    self.state = State::Before;
                    return true;
                }
                let keep = (1..close.len())
                    .rev()
                    .find(|length| close.get(..*length).is_some_and(|tag| self.held.ends_with(tag)));
                let rest = self.held.split_off(self.held.len() - keep.unwrap_or(0));
                push(said, Said::Thinking, std::mem::replace(&mut self.held, rest));
                false
            }
            State::Answering => {
                push(said, Said::Answer, std::mem::take(&mut self.held));
                false
            }
        }
    }
}

fn push(said: &mut Vec<Said>, kind: fn(String) -> Said, text: String) {
    if !text.is_empty() {
        said.push(kind(text));
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, ThinkingSplit};

    #[test]
    fn thinking_is_parted_however_the_text_comes() {
        for (open, text, thinking, answer) in [
            (false, "The pump is red [1].", "", "The pump is red [1]."),
            (false, "<think>Passage [2]?</think>\n\nThe pump is red [1].", "Passage [2]?", "The pump is red [1]."),
            (false, "\n<thinking>a < b </think> c</thinking>Red.", "a < b </think> c", "Red."),
            (false, "<think>one</think><think>two</think>Red.", "onetwo", "Red."),
            (false, "<think></think>Red.", "", "Red."),
            (true, "Passage [2]?</think>Red.", "Passage [2]?", "Red."),
            (false, "<think>cut at its limit", "cut at its limit", ""),
            (false, "The tag <think> is quoted</think>.", "", "The tag <think> is quoted</think>."),
            (false, "<thin", "", "<thin"),
            (false, "<table>", "", "<table>"),
            (false, "思考：<think>不是", "", "思考：<think>不是"),
        ] {
            for size in [1, 2, 3, 7, 100] {
                let mut split = ThinkingSplit::new(open);
                let chars: Vec<char> = text.chars().collect();
                let mut said: Vec<Said> =
                    chars.chunks(size).flat_map(|part| split.push(&part.iter().collect::<String>())).collect();
                said.extend(split.finish());
                let (mut thought, mut answered) = (String::new(), String::new());
                for piece in said {
                    match piece {
                        Said::Thinking(text) => thought.push_str(&text),
                        Said::Answer(text) => answered.push_str(&text),
                    }
                }
                assert_eq!((thought.as_str(), answered.as_str()), (thinking, answer), "{text:?} in parts of {size}");
            }
        }
    }

    #[test]
    fn a_template_may_open_the_thinking() {
        assert!(ThinkingSplit::is_open("<|im_start|>assistant\n<think>\n"));
        assert!(!ThinkingSplit::is_open("<|im_start|>assistant\n<think>\n\n</think>\n\n"));
    }
}
