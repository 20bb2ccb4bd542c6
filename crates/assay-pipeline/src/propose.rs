//! Proposed test questions, made by templates from a passage's own words, for a library without
//! judgements. They share words with their passage and so favour the lexical retriever: a screen has
//! to say so, and the user has to accept each of them.

use assay_domain::Passage;

use crate::language::has_han;

/// A question that its passage should answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its text.
    pub question: String,
    /// What it was made from.
    pub from: ProposedFrom,
}

/// What a question was made from, the most reliable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProposedFrom {
    /// A sentence that says what something is.
    Definition,
    /// A line that begins with a name and a colon.
    Label,
    /// The heading above the passage.
    Heading,
}

impl ProposedFrom {
    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Label => "label",
            Self::Heading => "heading",
        }
    }
}

/// The most reliable question that can be made from a passage, if any.
pub fn propose(passage: &Passage) -> Option<Proposal> {
    let heading = passage.heading.as_deref().and_then(|path| path.rsplit(" > ").next()).map(str::trim);
    let chinese = has_han(&passage.text);
    let made = |from| move |question| Proposal { question, from };
    let definition = sentences(&passage.text).take(2).find_map(if chinese { zh_definition } else { en_definition });
    let label = || {
        let name = passage.text.lines().find_map(if chinese { zh_label } else { en_label })?;
        Some(match (heading, chinese) {
            (Some(heading), true) => format!("“{heading}”里，关于{name}怎么说？"),
            (None, true) => format!("关于{name}，文中怎么说？"),
            (Some(heading), false) => format!("What does “{heading}” say about {name}?"),
            (None, false) => format!("What is said about {name}?"),
        })
    };
    let about_heading = || {
        let heading = heading.filter(|heading| is_specific(heading))?;
        Some(if has_han(heading) {
            format!("关于“{heading}”，文中怎么说？")
        } else {
            format!("What is said about “{heading}”?")
        })
    };
    definition
        .map(made(ProposedFrom::Definition))
        .or_else(|| label().map(made(ProposedFrom::Label)))
        .or_else(|| about_heading().map(made(ProposedFrom::Heading)))
}

/// Words that refer to something said before, so that a question about them makes no sense alone.
const EN_REFERRING: &[&str] = &[
    "it", "he", "she", "they", "this", "that", "these", "those", "there", "here", "we", "i", "you", "what", "which",
    "who", "when", "where", "if", "but", "and", "so", "his", "her", "its", "their", "our", "my",
];
const ZH_REFERRING: &[char] = &[
    '这', '那', '它', '他', '她', '我', '你', '您', '如', '但', '就', '不', '也', '只', '还', '其', '而', '又', '都',
    '谁',
];
/// Labels and headings that say nothing about the text below them.
const GENERIC: &[&str] = &[
    "fixed",
    "note",
    "notes",
    "warning",
    "introduction",
    "overview",
    "summary",
    "contents",
    "references",
    "conclusion",
    "修复",
    "注意",
    "说明",
    "例如",
    "前言",
    "概述",
    "目录",
    "总结",
    "参考文献",
    "结论",
];

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split_inclusive(['。', '！', '？']))
        .flat_map(|part| part.split_inclusive(". "))
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty())
}

fn en_definition(sentence: &str) -> Option<String> {
    let verbs = [" is ", " are ", " was ", " were "];
    let (at, verb) = verbs.iter().filter_map(|verb| Some((sentence.find(verb)?, *verb))).min()?;
    let (subject, rest) = (sentence.get(..at)?.trim(), sentence.get(at + verb.len()..)?);
    let says_what = ["a ", "an ", "the ", "one of "].iter().any(|article| rest.starts_with(article));
    let words: Vec<&str> = subject.split_whitespace().collect();
    let first = words.first()?.to_lowercase();
    let plain = subject.chars().all(|c| c.is_alphanumeric() || " -'’./".contains(c));
    let begins = subject.chars().next().is_some_and(char::is_uppercase);
    if !says_what || !plain || !begins || words.len() > 6 || EN_REFERRING.contains(&first.as_str()) {
        return None;
    }
    let subject = match first.as_str() {
        "the" | "a" | "an" => format!("{first} {}", words.get(1..)?.join(" ")),
        _ => words.join(" "),
    };
    Some(format!("What {} {subject}?", verb.trim()))
}

fn zh_definition(sentence: &str) -> Option<String> {
    let (subject, rest) = sentence.split_once('是')?;
    let length = subject.chars().count();
    let plain = subject.chars().all(char::is_alphanumeric);
    let says_what = rest.starts_with('一') || rest.starts_with('指');
    let refers = subject.starts_with(ZH_REFERRING) || subject.ends_with(ZH_REFERRING);
    (says_what && plain && !refers && (2..=12).contains(&length)).then(|| format!("{subject}是什么？"))
}

fn en_label(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['-', '*', '•', ' ', '\t']);
    let (name, rest) = line.split_once(": ")?;
    let plain = name.chars().all(|c| c.is_alphabetic() || " -'’".contains(c)) && name.split_whitespace().count() <= 4;
    let begins = name.chars().next().is_some_and(char::is_uppercase);
    let lower = name.to_lowercase();
    let explained = rest.split_whitespace().count() >= 4;
    // Abbreviations keep their capitals.
    let word = if name.chars().filter(|c| c.is_uppercase()).count() > 1 { name.to_owned() } else { lower.clone() };
    (plain && begins && explained && !GENERIC.contains(&lower.as_str())).then_some(word)
}

fn zh_label(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['-', '*', '•', ' ', '\t', '　']);
    let (name, rest) = line.split_once('：')?;
    let short = (2..=8).contains(&name.chars().count()) && name.chars().all(char::is_alphanumeric);
    let explained = rest.chars().count() >= 8;
    (short && explained && !name.starts_with(ZH_REFERRING) && !GENERIC.contains(&name)).then(|| name.to_owned())
}

fn is_specific(heading: &str) -> bool {
    let letters = heading.chars().filter(|c| c.is_alphabetic()).count();
    let enough = if has_han(heading) { letters >= 3 } else { heading.split_whitespace().count() >= 2 && letters >= 6 };
    enough && heading.chars().count() <= 80 && !GENERIC.contains(&heading.to_lowercase().as_str())
}
