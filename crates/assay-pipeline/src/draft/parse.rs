//! What a writer drafted -> texts that can be searched
//!
//! A small model numbers its lines, adds a preface, repeats the question or thinks aloud, whatever it was told.

use assay_text::fold;

use crate::follow_up::keeps_names;
use crate::language::has_words;

/// Longest hypothetical passage in characters. 120 tokens of any language fit.
const LONGEST_PASSAGE: usize = 800;

/// Longest wording in characters; a longer one is an answer.
const LONGEST_WORDING: usize = 300;

/// Most wordings.
const WORDINGS: usize = 3;

/// The hypothetical passage on one line; `None` if there are no words in it but the question's.
pub(super) fn passage_in(written: &str, question: &str) -> Option<String> {
    let spoken = without_thinking(written);
    let lines = spoken.lines().map(bare).filter(|line| !line.is_empty() && !is_preface(line));
    let text = lines.map(without_label).collect::<Vec<_>>().join(" ");
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_PASSAGE).collect();
    (has_words(&text) && key(&text) != key(question)).then_some(text)
}

/// Up to three wordings. A line that repeats the question or another line, that loses a number or a code, or that was cut in
/// its middle is left out.
pub(super) fn wordings_in(written: &str, question: &str, cut: bool) -> Vec<String> {
    let spoken = without_thinking(written);
    let mut lines: Vec<&str> = spoken.lines().collect();
    if cut && !spoken.ends_with('\n') {
        lines.pop();
    }
    let mut known = vec![key(question)];
    let mut wordings = Vec::new();
    for line in lines.into_iter().map(bare) {
        let text = without_label(line).split_whitespace().collect::<Vec<_>>().join(" ");
        let usable = has_words(&text)
            && !is_preface(line)
            && text.chars().count() <= LONGEST_WORDING
            && keeps_names(question, &text);
        if usable && !known.contains(&key(&text)) {
            known.push(key(&text));
            wordings.push(text);
        }
        if wordings.len() == WORDINGS {
            break;
        }
    }
    wordings
}

/// The text outside of `<think>` blocks. One that does not end takes all that follows.
fn without_thinking(written: &str) -> String {
    let mut spoken = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("<think>") {
        spoken.push_str(before);
        rest = after.split_once("</think>").map_or("", |(_, after)| after);
    }
    // Some templates open the block, so that only its end is written.
    match rest.split_once("</think>") {
        Some((_, after)) if spoken.is_empty() => after.to_owned(),
        _ => spoken + rest,
    }
}

/// A line without its number, bullet, quotation marks, tags and marks of code.
fn bare(line: &str) -> &str {
    let mut text = line.trim();
    for tag in ["<question>", "</question>", "<passage>", "</passage>"] {
        text = text.trim_start_matches(tag).trim_end_matches(tag).trim();
    }
    text = text.trim_matches('`').trim_start_matches(['-', '*', '•', '·', '–', '—', '#', '>']).trim_start();
    let number = text.trim_start_matches(['(', '（']);
    let rest = number.trim_start_matches(char::is_numeric);
    let digits = number.chars().take_while(|c| c.is_numeric()).count();
    if (1..=2).contains(&digits)
        && let Some(rest) = rest.strip_prefix(['.', ')', '）', '、', '．', ':', '：'])
        // `3.5 litres` begins with a number of its own.
        && !rest.starts_with(char::is_numeric)
    {
        text = rest.trim_start();
    }
    text.trim_matches(['"', '“', '”', '「', '」', '*', '_', '\'']).trim()
}

/// A line without a word before a colon that names what it is.
fn without_label(line: &str) -> &str {
    const LABELS: [&str; 14] = [
        "passage",
        "hypothetical passage",
        "document",
        "answer",
        "question",
        "variant",
        "variation",
        "rewrite",
        "段落",
        "文档",
        "回答",
        "问题",
        "问法",
        "改写",
    ];
    let Some((before, after)) = line.split_once([':', '：']) else { return line };
    let name = before.trim().trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').to_lowercase();
    if LABELS.contains(&name.trim_matches('*')) { bare(after) } else { line }
}

/// Whether a line announces what follows.
fn is_preface(line: &str) -> bool {
    line.ends_with([':', '：'])
}

/// What two wordings have in common that differ in nothing but signs, letter case and script.
fn key(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::{passage_in, wordings_in};

    const QUESTION: &str = "How often is the KX-300 pump cleaned?";

    #[test]
    fn a_passage_is_one_line_without_what_a_model_adds() {
        for (written, passage) in [
            ("The pump is cleaned\nevery spring.", Some("The pump is cleaned every spring.")),
            ("Passage: “The pump is cleaned every spring.”", Some("The pump is cleaned every spring.")),
            ("Here is a passage:\n\nThe pump is cleaned.", Some("The pump is cleaned.")),
            ("<think>\nThe user asks\n</think>\n\nThe pump is cleaned.", Some("The pump is cleaned.")),
            ("The user asks\n</think>The pump is cleaned.", Some("The pump is cleaned.")),
            ("```\nThe pump is cleaned.\n```", Some("The pump is cleaned.")),
            ("3.5 litres of oil are needed.", Some("3.5 litres of oil are needed.")),
            ("段落：水泵每年春天清洗一次。", Some("水泵每年春天清洗一次。")),
            ("<think>The user asks for a passage about", None),
            ("How often is the KX-300 pump cleaned", None),
            ("\n- ...\n", None),
            ("", None),
        ] {
            assert_eq!(passage_in(written, QUESTION).as_deref(), passage, "{written:?}");
        }
        assert_eq!(passage_in(&"词".repeat(5_000), QUESTION).unwrap().chars().count(), 800);
    }

    #[test]
    fn wordings_are_at_most_three_different_lines_that_keep_the_names() {
        let one = "When is the KX-300 pump washed?";
        let two = "What is the cleaning interval of the KX 300 pump?";
        let three = "Pump KX-300: how many cleanings a year?";
        let numbered = format!("Here are three ways:\n1. {one}\n2) “{two}”\n(3) {three}\n4. KX-300 pump hygiene?");
        assert_eq!(wordings_in(&numbered, QUESTION, false), [one, two, three]);
        let bullets = format!("- {one}\n\n* {one}\n• how often is the KX-300 pump cleaned\nVariant 2: {two}");
        assert_eq!(wordings_in(&bullets, QUESTION, false), [one, two], "repetitions are left out");
        for (written, left) in [
            ("When is the pump washed?", "the code is lost"),
            ("", "nothing was written"),
            ("1.\n2.\n---", "there are no words"),
            ("<think>When is the KX-300 pump washed?", "it only thinks"),
        ] {
            assert!(wordings_in(written, QUESTION, false).is_empty(), "{left}");
        }
        assert!(wordings_in(&format!("KX-300 {}", "pump ".repeat(100)), QUESTION, false).is_empty(), "it is too long");
        assert_eq!(wordings_in(&format!("{one}\nWhat is the KX-300"), QUESTION, true), [one], "the last line was cut");
        let chinese = "1、水泵多久洗一次？\n２．水泵的清洗周期是多长？";
        assert_eq!(wordings_in(chinese, "水泵多久清洗一次？", false)[0], "水泵多久洗一次？");
    }
}
