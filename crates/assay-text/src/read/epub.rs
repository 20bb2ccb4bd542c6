//! Reads books (epub), chapter by chapter in reading order.

use assay_domain::{FaultKind, Page, PageOutcome};

use crate::error::TextError;
use crate::read::html;
use crate::read::package::{Package, resolve};
use crate::read::plain::{Decoded, with_warning};
use crate::read::xml::{attribute, tags};

pub(crate) const NAME: &str = "EPUB book";
/// More files than the reading order of any real book.
const MOST_CHAPTERS: usize = 20_000;
/// Font obfuscation schemes, which leave the text readable. Any other encryption does not.
const FONT_OBFUSCATION: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Returns a page for each file in the book's reading order.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let mut book = Package::open(bytes, NAME)?;
    let damaged = |cause: &str| TextError::Damaged { format: NAME, cause: cause.to_owned() };
    let container = book.part("META-INF/container.xml").ok_or_else(|| damaged("its container file is missing"))?;
    let root = tags(&container).into_iter().find_map(|tag| attribute(&tag, "full-path").map(str::to_owned));
    let root = root.ok_or_else(|| damaged("its container file names no book"))?;
    let listing = book.part(&root).ok_or_else(|| damaged("the list of its parts is missing"))?;
    let listing = tags(&listing);
    let path = |id: &str| {
        let item = listing.iter().find(|tag| tag.name == "item" && attribute(tag, "id") == Some(id))?;
        Some(resolve(&root, &percent_decoded(attribute(item, "href")?)))
    };
    let mut chapters: Vec<String> = Vec::new();
    for chapter in listing.iter().filter(|tag| tag.name == "itemref").filter_map(|tag| path(attribute(tag, "idref")?)) {
        if !chapters.contains(&chapter) && chapters.len() < MOST_CHAPTERS {
            chapters.push(chapter);
        }
    }
    if chapters.is_empty() {
        return Err(damaged("its reading order is empty"));
    }
    let encrypted = encrypted_parts(&mut book);
    if chapters.iter().all(|chapter| encrypted.contains(chapter)) {
        return Err(TextError::Encrypted { format: NAME });
    }
    let title = listing.iter().find(|tag| tag.name == "title").map(|tag| tag.text.trim().to_owned());
    let mut pages: Vec<Page> = (1..).zip(&chapters).map(|(number, path)| chapter(&mut book, number, path)).collect();
    if let (Some(title), Some(first)) = (title.filter(|title| !title.is_empty()), pages.first_mut()) {
        prepend_title(first, &title);
    }
    Ok(pages)
}

fn chapter(book: &mut Package, number: u32, path: &str) -> Page {
    let failed =
        |reason: String| Page::without_text(Some(number), PageOutcome::Failed(FaultKind::Damaged.because(reason)));
    let Some(part) = book.part(path) else { return failed(format!("{path} is missing from the book or damaged")) };
    let Some(Decoded { text, warning }) = html::decode(&part) else { return failed(format!("{path} is not text")) };
    match html::page(&text) {
        Ok(mut page) => {
            page.number = Some(number);
            if page.headings.is_empty()
                && let Some(title) = title_of(&text)
            {
                page.headings.push((0, title));
                page.headings.retain(|_| !page.text.is_empty());
            }
            with_warning(page, warning)
        }
        Err(error) => failed(error.to_string()),
    }
}

/// Returns the title in the head of a chapter without headings.
fn title_of(text: &str) -> Option<String> {
    let title = tags(text.as_bytes()).into_iter().take(50).find(|tag| tag.name == "title")?.text;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then(|| title.chars().take(200).collect())
}

/// Puts the book's title at the top of its first page, unless the page has it.
fn prepend_title(page: &mut Page, title: &str) {
    if page.text.contains(title) {
        return;
    }
    let shift = title.len() + 2;
    page.text = format!("{title}\n\n{}", page.text);
    page.text.truncate(page.text.trim_end().len());
    page.headings.iter_mut().for_each(|(at, _)| *at += shift);
    page.headings.retain(|(at, _)| *at < page.text.len());
    if page.outcome == PageOutcome::Empty {
        page.outcome = PageOutcome::Text;
    }
}

/// Returns the encrypted parts other than obfuscated fonts.
fn encrypted_parts(book: &mut Package) -> Vec<String> {
    let Some(part) = book.part("META-INF/encryption.xml") else { return Vec::new() };
    let mut method = String::new();
    let mut parts = Vec::new();
    for tag in tags(&part) {
        match tag.name.as_str() {
            "EncryptionMethod" => method = attribute(&tag, "Algorithm").unwrap_or_default().to_owned(),
            "CipherReference" if !FONT_OBFUSCATION.contains(&method.as_str()) => {
                parts.extend(attribute(&tag, "URI").map(|part| resolve("", &percent_decoded(part))));
            }
            _ => {}
        }
    }
    parts
}

/// Decodes percent escapes in an address.
fn percent_decoded(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex {
            Some(value) if *byte == b'%' => {
                bytes.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
