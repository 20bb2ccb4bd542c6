//! Reads the headers, footers and comments of a Word document, which anydoc 0.2.4 leaves out.

use std::collections::BTreeMap;

use crate::read::margin::{Comment, Margin};
use crate::read::opc::{main_part, relationships};
use crate::read::package::Package;
use crate::read::xml::{Node, Tag, attribute, walk};

/// Fields whose result changes from page to page.
const PAGE_FIELDS: [&str; 3] = ["PAGE", "NUMPAGES", "SECTIONPAGES"];

/// Returns the headers, footers and comments.
pub(super) fn read(package: &mut Package) -> Margin {
    let main = main_part(package, "word/document.xml");
    let mut margin = Margin::default();
    for related in relationships(package, &main) {
        if !matches!(related.kind.as_str(), "header" | "footer" | "comments") {
            continue;
        }
        let Some(part) = package.part(&related.target) else { continue };
        match related.kind.as_str() {
            "header" => margin.headers.push(text(&part)),
            "footer" => margin.footers.push(text(&part)),
            _ => margin.comments.extend(comments(&part)),
        }
    }
    if !margin.comments.is_empty() {
        let commented = package.part(&main).map(|part| commented(&part)).unwrap_or_default();
        for comment in &mut margin.comments {
            // `about` holds the id of the comment until here.
            comment.about = commented.get(&comment.about).cloned().unwrap_or_default();
        }
    }
    margin
}

/// Returns the paragraphs of a header or footer, separated by bars.
fn text(part: &[u8]) -> String {
    let mut reader = Runs::default();
    let mut paragraphs: Vec<String> = vec![String::new()];
    walk(part, |node| {
        if matches!(node, Node::Open(tag) if tag.name == "p") {
            paragraphs.push(String::new());
        }
        if let Some(paragraph) = paragraphs.last_mut() {
            reader.visit(&node, paragraph);
        }
    });
    let filled = paragraphs.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    filled.filter(|text| text.chars().any(char::is_alphanumeric)).collect::<Vec<_>>().join(" | ")
}

/// Returns the comments, each with its id in place of the text that it is about.
fn comments(part: &[u8]) -> Vec<Comment> {
    let mut reader = Runs::default();
    let mut comments: Vec<Comment> = Vec::new();
    walk(part, |node| {
        match &node {
            Node::Open(tag) if tag.name == "comment" => {
                let value = |name: &str| attribute(tag, name).unwrap_or_default().to_owned();
                let (author, date, about) = (value("w:author"), value("w:date"), value("w:id"));
                comments.push(Comment { author, date, about, text: String::new() });
            }
            Node::Open(tag) if tag.name == "p" => {
                if let Some(comment) = comments.last_mut() {
                    comment.text.push(' ');
                }
            }
            _ => {}
        }
        if let Some(comment) = comments.last_mut() {
            reader.visit(&node, &mut comment.text);
        }
    });
    comments.retain(|comment| !comment.text.trim().is_empty());
    comments
}

/// Returns the text that each comment is about, by the comment's id.
fn commented(part: &[u8]) -> BTreeMap<String, String> {
    let mut reader = Runs::default();
    let mut open: Vec<String> = Vec::new();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    walk(part, |node| {
        if let Node::Open(tag) = &node
            && let Some(id) = attribute(tag, "w:id")
        {
            match tag.name.as_str() {
                "commentRangeStart" => open.push(id.to_owned()),
                "commentRangeEnd" => open.retain(|other| other != id),
                _ => {}
            }
        }
        let mut text = String::new();
        reader.visit(&node, &mut text);
        for id in open.iter().filter(|_| !text.is_empty()) {
            found.entry(id.clone()).or_default().push_str(&text);
        }
    });
    found
}

/// Reads the text of runs: without deleted text, field codes, and the numbers of pages.
#[derive(Default)]
struct Runs {
    in_text: bool,
    skipped: usize,
    /// The code of each open field, and whether its result has begun.
    fields: Vec<(String, bool)>,
}

impl Runs {
    fn visit(&mut self, node: &Node<'_>, text: &mut String) {
        match node {
            Node::Open(tag) => self.open(tag, text),
            Node::Close(name) => match *name {
                "t" => self.in_text = false,
                "del" | "moveFrom" | "Fallback" => self.skipped = self.skipped.saturating_sub(1),
                "fldSimple" => drop(self.fields.pop()),
                _ => {}
            },
            Node::Text(code) if self.fields.last().is_some_and(|(_, result)| !result) => {
                if let Some((field, _)) = self.fields.last_mut() {
                    field.push_str(code);
                }
            }
            Node::Text(run) if self.in_text && self.skipped == 0 && !self.is_page_number() => text.push_str(run),
            Node::Text(_) => {}
        }
    }

    fn open(&mut self, tag: &Tag, text: &mut String) {
        match tag.name.as_str() {
            "t" => self.in_text = true,
            "tab" | "br" | "cr" => text.push(' '),
            "del" | "moveFrom" | "Fallback" => self.skipped += 1,
            "fldSimple" => self.fields.push((attribute(tag, "w:instr").unwrap_or_default().to_owned(), true)),
            "fldChar" => match attribute(tag, "w:fldCharType") {
                Some("begin") => self.fields.push((String::new(), false)),
                Some("separate") => {
                    if let Some((_, result)) = self.fields.last_mut() {
                        *result = true;
                    }
                }
                Some("end") => drop(self.fields.pop()),
                _ => {}
            },
            _ => {}
        }
    }

    fn is_page_number(&self) -> bool {
        let is_one =
            |(code, _): &(String, bool)| code.split_whitespace().next().is_some_and(|word| PAGE_FIELDS.contains(&word));
        self.fields.iter().any(is_one)
    }
}
