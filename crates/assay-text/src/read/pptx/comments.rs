//! Reads the comments on slides, in the format of PowerPoint before and since 2021 (MS-PPTX, 2.6).

use std::collections::BTreeMap;

use crate::read::margin::{Comment, Margin};
use crate::read::opc::relationships;
use crate::read::package::Package;
use crate::read::xml::{Node, attribute, tags, walk};

/// Returns the comments on each slide.
pub(super) fn read(package: &mut Package, presentation: &str, slides: &[String]) -> Vec<Margin> {
    let mut authors: BTreeMap<String, String> = BTreeMap::new();
    for related in relationships(package, presentation) {
        if matches!(related.kind.as_str(), "commentAuthors" | "authors")
            && let Some(part) = package.part(&related.target)
        {
            let named = tags(&part).into_iter();
            authors.extend(
                named.filter_map(|tag| Some((attribute(&tag, "id")?.to_owned(), attribute(&tag, "name")?.to_owned()))),
            );
        }
    }
    let mut margins = Vec::with_capacity(slides.len());
    for slide in slides {
        let mut margin = Margin::default();
        for related in relationships(package, slide).into_iter().filter(|related| related.kind == "comments") {
            if let Some(part) = package.part(&related.target) {
                margin.comments.extend(comments(&part, &authors));
            }
        }
        margins.push(margin);
    }
    margins
}

fn comments(part: &[u8], authors: &BTreeMap<String, String>) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    let mut in_text = false;
    walk(part, |node| match node {
        Node::Open(tag) => match tag.name.as_str() {
            "cm" | "reply" => {
                let author = attribute(tag, "authorId").and_then(|id| authors.get(id)).cloned().unwrap_or_default();
                let date = attribute(tag, "dt").or_else(|| attribute(tag, "created")).unwrap_or_default().to_owned();
                comments.push(Comment { author, date, ..Comment::default() });
            }
            "text" | "t" => in_text = true,
            "p" => {
                if let Some(comment) = comments.last_mut() {
                    comment.text.push(' ');
                }
            }
            _ => {}
        },
        Node::Close("text" | "t") => in_text = false,
        Node::Text(run) if in_text => {
            if let Some(comment) = comments.last_mut() {
                comment.text.push_str(run);
            }
        }
        Node::Close(_) | Node::Text(_) => {}
    });
    comments.retain(|comment| !comment.text.trim().is_empty());
    comments
}
