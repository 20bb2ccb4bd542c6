//! Reads OpenDocument presentations (odp), slide by slide with the notes.
//!
//! anydoc joins the slides, so each slide gets a title that marks its beginning before anydoc reads it.

use anydoc::Format as Container;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::margin::Margin;
use crate::read::odf;
use crate::read::package::Package;
use crate::read::slides::{self, MARK};

pub(crate) const NAME: &str = "OpenDocument presentation";
const CONTENT: &str = "content.xml";

/// Returns a page for each slide.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let mut package = Package::open(bytes, NAME)?;
    let content = package.part(CONTENT).and_then(|part| String::from_utf8(part).ok());
    let marked = content.and_then(|content| {
        let (marked, slides) = mark(odf::without_comments(&content).as_deref().unwrap_or(&content))?;
        let mut margins: Vec<Margin> = (0..slides).map(|_| Margin::default()).collect();
        for (slide, comment) in odf::comments(content.as_bytes()) {
            if let Some(margin) = slide.checked_sub(1).and_then(|place| margins.get_mut(place)) {
                margin.comments.push(comment);
            }
        }
        Some((package.with(&[(CONTENT.to_owned(), marked.into_bytes())])?, margins))
    });
    match &marked {
        Some((marked, margins)) => slides::pages(marked, Container::Odp, NAME, margins),
        None => slides::pages(bytes, Container::Odp, NAME, &[]),
    }
}

/// Returns the content with a mark in each slide, and the number of slides.
fn mark(content: &str) -> Option<(String, usize)> {
    let title = format!(
        "<draw:frame xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
         xmlns:presentation=\"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0\" presentation:class=\"title\">\
         <draw:text-box><text:p xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">{MARK}</text:p>\
         </draw:text-box></draw:frame>"
    );
    let mut out = String::with_capacity(content.len() + 1024);
    let mut rest = content;
    let mut slides = 0;
    while let Some(at) = rest.find("<draw:page") {
        let (before, tag) = rest.split_at(at);
        let end = tag.find('>')? + 1;
        let (tag, after) = tag.split_at(end);
        out.push_str(before);
        if tag.starts_with("<draw:page-") {
            out.push_str(tag);
        } else if let Some(open) = tag.strip_suffix("/>") {
            slides += 1;
            out.push_str(&format!("{open}>{title}</draw:page>"));
        } else {
            slides += 1;
            out.push_str(tag);
            out.push_str(&title);
        }
        rest = after;
    }
    out.push_str(rest);
    (slides > 0).then_some((out, slides))
}
