//! Passages and question as the text of a prompt.

use assay_domain::{NumberedPassage, PassageRole, one_line};

use crate::language::has_han;

/// The passages between tags, each with its neighbours around it, then the question.
pub(super) fn render(question: &str, passages: &[NumberedPassage]) -> String {
    let is_neighbour = |passage: &&NumberedPassage| passage.role == PassageRole::Neighbour;
    let mut fenced = String::new();
    for passage in passages.iter().filter(|passage| !is_neighbour(passage)) {
        let beside = passages.iter().filter(is_neighbour).filter(|other| other.number == passage.number);
        let mut together: Vec<&NumberedPassage> = beside.chain([passage]).collect();
        together.sort_by_key(|passage| passage.chunk);
        fenced.extend(together.into_iter().map(fence));
    }
    let reminder = if has_han(question) {
        "请用中文回答，并在每句话后用 [编号] 注明出处。"
    } else {
        "Cite passages like [1]."
    };
    format!("Passages:\n\n{fenced}Question: {question}\n\n{reminder}")
}

/// A passage between tags. Neither its text nor its file's name can close them or open others.
pub(super) fn fence(passage: &NumberedPassage) -> String {
    if passage.role == PassageRole::Neighbour {
        let text = without_tags(passage.text.trim());
        return format!("<neighbour of=\"{}\">\n{text}\n</neighbour>\n\n", passage.number);
    }
    let page = passage.page.map(|page| format!(" page=\"{page}\"")).unwrap_or_default();
    let place = if passage.folder.is_empty() { String::new() } else { format!("{}/", passage.folder) };
    let name = one_line(&format!("{place}{}", passage.name)).replace('"', "'").replace(['<', '>'], "·");
    let text = without_tags(passage.text.trim());
    format!("<passage number=\"{}\" document=\"{name}\"{page}>\n{text}\n</passage>\n\n", passage.number)
}

/// A text in which `<` before the name of a tag is `‹`, in any case of letters and with anything invisible between them.
fn without_tags(text: &str) -> String {
    let opens = |c: char| c == '<' || c == '＜';
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        safe.push(if opens(c) && is_tag(rest) { '‹' } else { c });
    }
    safe
}

/// Whether what follows a `<` is `passage`, `neighbour`, or one of them behind `/`.
fn is_tag(rest: &str) -> bool {
    let skipped = |c: &char| {
        !(c.is_whitespace()
            || c.is_control()
            || matches!(c, '/' | '／' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
    };
    let letters = || rest.chars().take(64).filter(skipped).flat_map(char::to_lowercase);
    ["passage", "neighbour"].iter().any(|tag| letters().take(tag.len()).eq(tag.chars()))
}
