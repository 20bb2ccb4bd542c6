//! Adds the headers, footers and comments of a document after its text, each labelled as such.

use crate::compose::Composer;

/// Longest part of the commented text that is repeated with a comment, in characters.
const LONGEST_QUOTE: usize = 200;

/// Headers, footers and comments of a document or slide.
#[derive(Debug, Default)]
pub(crate) struct Margin {
    pub(crate) headers: Vec<String>,
    pub(crate) footers: Vec<String>,
    pub(crate) comments: Vec<Comment>,
}

/// A reviewer's comment.
#[derive(Debug, Default)]
pub(crate) struct Comment {
    pub(crate) author: String,
    pub(crate) date: String,
    /// The text that it is about.
    pub(crate) about: String,
    pub(crate) text: String,
}

impl Margin {
    /// Adds everything after the text, under headings of its own. Equal headers are written once.
    pub(crate) fn write(&self, composer: &mut Composer) {
        if !self.headers.is_empty() || !self.footers.is_empty() {
            composer.begin_paragraph();
            composer.begin_section(1, "Header and footer");
            let labelled = |label: &'static str, texts: &[String]| {
                let mut seen: Vec<String> = Vec::new();
                texts.iter().filter(|text| !text.trim().is_empty()).for_each(|text| {
                    let line = format!("{label}: {text}");
                    if !seen.contains(&line) {
                        seen.push(line);
                    }
                });
                seen
            };
            for line in labelled("Header", &self.headers).into_iter().chain(labelled("Footer", &self.footers)) {
                composer.begin_line();
                composer.push_inline(&line);
            }
            composer.begin_paragraph();
        }
        if !self.comments.is_empty() {
            composer.begin_paragraph();
            composer.begin_section(1, "Comments");
            for comment in &self.comments {
                composer.begin_line();
                composer.push_inline(&comment.shown());
            }
            composer.begin_paragraph();
        }
    }
}

impl Comment {
    /// Formats a comment as `Comment by Ada, 2024-03-01, on “thirty days”: sixty`.
    pub(crate) fn shown(&self) -> String {
        let mut line = "Comment".to_owned();
        if !self.author.trim().is_empty() {
            line.push_str(&format!(" by {}", self.author.trim()));
        }
        if let Some(day) = self.date.get(..10) {
            line.push_str(&format!(", {day}"));
        }
        let about = self.about.split_whitespace().collect::<Vec<_>>().join(" ");
        if !about.is_empty() {
            let short: String = about.chars().take(LONGEST_QUOTE).collect();
            let more = if short.len() < about.len() { "…" } else { "" };
            line.push_str(&format!(", on “{short}{more}”"));
        }
        format!("{line}: {}", self.text.trim())
    }
}
