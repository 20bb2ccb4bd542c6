//! Reads source code, unchanged; headings name the function or type that a passage begins in and its
//! lines (`Cast > deepest > L12–30`).

use assay_domain::Page;

use crate::error::TextError;
use crate::normalize::normalize;
use crate::outline::Outline;
use crate::read::plain::{self, Decoded};

/// Maximum number of lines under one heading.
const MOST_LINES: usize = 60;
/// Keywords of common languages that precede the name of a definition.
const DEFINING: [&str; 22] = [
    "fn",
    "def",
    "class",
    "struct",
    "enum",
    "trait",
    "impl",
    "func",
    "function",
    "interface",
    "type",
    "module",
    "mod",
    "namespace",
    "record",
    "object",
    "fun",
    "sub",
    "procedure",
    "table",
    "view",
    "union",
];
/// Modifiers that may precede those keywords.
const BEFORE: [&str; 26] = [
    "pub",
    "async",
    "unsafe",
    "const",
    "export",
    "default",
    "public",
    "private",
    "protected",
    "static",
    "final",
    "abstract",
    "virtual",
    "override",
    "inline",
    "extern",
    "local",
    "create",
    "or",
    "replace",
    "temporary",
    "if",
    "not",
    "exists",
    "data",
    "sealed",
];

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = plain::text_of(bytes, "source code")?;
    let text = normalize(&text);
    let headings = headings(&text);
    Ok(vec![plain::page(text, headings, warning)])
}

struct Section {
    level: u8,
    name: String,
    offset: usize,
    line: usize,
}

fn headings(text: &str) -> Vec<(usize, String)> {
    let mut sections = vec![Section { level: 0, name: String::new(), offset: 0, line: 1 }];
    let mut offset = 0;
    let mut total = 0;
    let mut after_blank = false;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let last = sections.last().map_or(1, |section| section.line);
        if let Some((level, name)) = defined(line) {
            sections.push(Section { level, name, offset, line: number });
        } else if number - last >= MOST_LINES && (after_blank || number - last >= 2 * MOST_LINES) {
            sections.push(Section { level: 0, name: String::new(), offset, line: number });
        }
        after_blank = line.trim().is_empty();
        offset += line.len();
        total = number;
    }
    let ends = sections.iter().skip(1).map(|section| section.line - 1).chain([total]).collect::<Vec<_>>();
    let mut outline = Outline::default();
    for (section, end) in sections.iter().zip(ends) {
        if end < section.line {
            continue;
        }
        if !section.name.is_empty() {
            outline.enter(section.level, &section.name, section.offset);
        }
        outline.enter(9, &format!("L{}–{end}", section.line), section.offset);
    }
    let mut headings = outline.finish();
    headings.retain(|(at, _)| *at < text.len());
    // Of two headings at one offset only the longer path is kept.
    headings.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 = std::mem::take(&mut later.1);
        }
        same
    });
    headings
}

/// Returns the depth and name of what a line defines: `pub fn deepest(...)` gives `deepest`.
fn defined(line: &str) -> Option<(u8, String)> {
    let indent = line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>();
    let mut words = line
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '#' | '/' | '*')))
        .filter(|word| !word.is_empty());
    let mut word = words.next()?;
    while BEFORE.iter().any(|before| word.eq_ignore_ascii_case(before)) {
        word = words.next()?;
    }
    if !DEFINING.iter().any(|defining| word.eq_ignore_ascii_case(defining)) {
        return None;
    }
    let name = words.find(|word| !BEFORE.iter().any(|before| word.eq_ignore_ascii_case(before)))?;
    let name = name.trim_matches([':', '.', '*']);
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (starts_well && indent <= 16).then(|| (1 + (indent / 2).min(7) as u8, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::headings;

    #[test]
    fn headings_name_definitions_and_lines() {
        let code = "// about casts\n\npub struct Cast {\n    depth: f32,\n}\n\nimpl Cast {\n    pub fn deepest(&self) -> f32 {\n        self.depth\n    }\n}\n";
        let paths: Vec<String> = headings(code).into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, ["L1–2", "Cast > L3–6", "Cast > L7–7", "Cast > deepest > L8–11"]);
        let long: String = (0..200).map(|line| format!("set {line}\n")).collect();
        let paths: Vec<String> = headings(&long).into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, ["L1–120", "L121–200"]);
    }
}
