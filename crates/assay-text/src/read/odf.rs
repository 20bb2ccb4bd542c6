//! Reads the headers, footers and comments of OpenDocument files, which anydoc 0.2.4 leaves out.

use crate::read::margin::{Comment, Margin};
use crate::read::xml::{Node, walk};

const COMMENT: &str = "<office:annotation";
const COMMENT_END: &str = "</office:annotation>";
/// Fields whose text changes from page to page.
const PAGE_FIELDS: [&str; 2] = ["page-number", "page-count"];

/// Adds the headers and footers in `styles.xml`.
pub(crate) fn headers_and_footers(styles: &[u8], margin: &mut Margin) {
    let (mut open, mut skipped) = (None, 0_usize);
    let mut text = String::new();
    walk(styles, |node| match node {
        Node::Open(tag) => match tag.name.as_str() {
            "header" | "header-left" | "header-first" => open = Some(true),
            "footer" | "footer-left" | "footer-first" => open = Some(false),
            "tab" | "s" | "line-break" => text.push(' '),
            "p" if !text.trim().is_empty() => text.push_str(" | "),
            name if PAGE_FIELDS.contains(&name) => skipped += 1,
            _ => {}
        },
        Node::Close(name) if name.starts_with("header") || name.starts_with("footer") => {
            // Elements such as `header-style` lie outside of headers and have no text.
            if let Some(is_header) = open.take() {
                let text = std::mem::take(&mut text).split_whitespace().collect::<Vec<_>>().join(" ");
                if text.chars().any(char::is_alphanumeric) {
                    if is_header { margin.headers.push(text) } else { margin.footers.push(text) }
                }
            }
        }
        Node::Close(name) if PAGE_FIELDS.contains(&name) => skipped = skipped.saturating_sub(1),
        Node::Close(_) => {}
        Node::Text(run) if open.is_some() && skipped == 0 => text.push_str(run),
        Node::Text(_) => {}
    });
}

/// Returns the content without comments, which anydoc would read as text; `None` if there are none.
pub(crate) fn without_comments(content: &str) -> Option<String> {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find(COMMENT) {
        let (before, comment) = rest.split_at(at);
        out.push_str(before);
        let after = comment.get(COMMENT.len()..).unwrap_or_default();
        // `office:annotation-end` is an element of its own.
        if after.starts_with('-') {
            out.push_str(COMMENT);
            rest = after;
            continue;
        }
        let Some(end) = comment.find(COMMENT_END) else {
            rest = comment;
            break;
        };
        rest = comment.get(end + COMMENT_END.len()..).unwrap_or_default();
    }
    out.push_str(rest);
    (out.len() < content.len()).then_some(out)
}

/// Returns the comments in `content.xml`, each with the number of its slide, counted from 1 (0 in texts).
pub(crate) fn comments(content: &[u8]) -> Vec<(usize, Comment)> {
    let mut comments: Vec<(usize, Comment)> = Vec::new();
    if !content.windows(COMMENT.len()).any(|word| word == COMMENT.as_bytes()) {
        return comments;
    }
    let (mut slide, mut inside, mut field) = (0, false, String::new());
    walk(content, |node| match node {
        Node::Open(tag) => match tag.name.as_str() {
            "page" => slide += 1,
            "annotation" => {
                inside = true;
                comments.push((slide, Comment::default()));
            }
            name if inside => {
                field = name.to_owned();
                if let ("p", Some((_, comment))) = (name, comments.last_mut()) {
                    comment.text.push(' ');
                }
            }
            _ => {}
        },
        Node::Close("annotation") => inside = false,
        Node::Close("creator" | "date") => field.clear(),
        Node::Text(run) if inside => {
            let Some((_, comment)) = comments.last_mut() else { return };
            match field.as_str() {
                "creator" => comment.author.push_str(run),
                "date" => comment.date.push_str(run),
                _ => comment.text.push_str(run),
            }
        }
        Node::Close(_) | Node::Text(_) => {}
    });
    comments.retain(|(_, comment)| !comment.text.trim().is_empty());
    comments
}
