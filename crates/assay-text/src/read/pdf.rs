//! Reads PDF, page by page: first with pdf-extract; a page that it fails on or finds empty with hayro, the
//! second reader; a page without text by text recognition. Every page has its row.
//!
//! `extract_text_by_pages` of pdf-extract stops at the first page that fails and still reports success, so
//! the page list comes from the page tree and each page is read by itself.

mod objects;
mod tree;
mod repair;
mod content;
mod forms;
mod names;
mod widths;
mod charset;
mod collection;
mod titles;
mod lines;
mod layout;
mod fields;
mod glyphs;
mod second;
mod fill;
mod canvas;
mod draft;
mod scan;
mod running;
mod outline;
mod sections;

use std::cell::OnceCell;

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};
use pdf_extract::{Document, Error};

use crate::context::Context;
use crate::error::TextError;
use crate::guard::catch;
use draft::Draft;
use glyphs::Reading;
use outline::Bookmark;
use scan::Scans;
use second::{Ink, OpenError, Second};
use tree::Tree;

const NAME: &str = "PDF";
/// Maximum number of pages; no book has more.
const MOST_PAGES: usize = 50_000;
/// Text that is drawn as shapes has at least this many.
const SHAPES_OF_A_WORD: usize = 12;

/// Returns a row for each page of the page tree.
pub(crate) fn pages(bytes: &[u8], context: &Context<'_>) -> Result<Vec<Page>, TextError> {
    let plain = without_attachment_encryption(bytes);
    let file = open(plain.as_deref().unwrap_or(bytes), context)?;
    let count = file.count();
    if count == 0 {
        return Err(damaged("it has no pages that can be found"));
    }
    if count > MOST_PAGES {
        return Err(TextError::TooLarge { limit: format!("{MOST_PAGES} pages, the file has {count}") });
    }
    let mut scans = Scans::new(context);
    let mut drafts: Vec<Draft> = (1..=count as u32).map(|number| file.read(number, context, &mut scans)).collect();
    running::keep_once(drafts.iter_mut().map(|draft| &mut draft.lines));
    let mut read: Vec<_> = drafts.into_iter().zip(1..).map(|(draft, number)| draft.finish(number)).collect();
    sections::nest(&mut read, &file.outline());
    check_text(read.into_iter().map(|(page, _)| page).collect())
}

/// A file, opened by one or both readers.
struct File<'a> {
    bytes: &'a [u8],
    first: Option<(Document, Tree)>,
    second: OnceCell<Result<Second, OpenError>>,
}

/// Opens a file that needs no password for reading; an owner's password may restrict other uses.
fn open<'a>(bytes: &'a [u8], context: &Context<'_>) -> Result<File<'a>, TextError> {
    let opening = context.options.begin(0, Extractor::PdfExtract).then(|| catch(|| open_first(bytes)));
    let error = match opening {
        Some(Ok(Ok(first))) if !first.1.pages.is_empty() => {
            return Ok(File { bytes, first: Some(first), second: OnceCell::new() });
        }
        Some(Ok(Ok(_))) => damaged("it has no pages that can be found"),
        Some(Ok(Err(error))) => error,
        Some(Err(panic)) => damaged(&panic),
        None => damaged("it crashed its first reader"),
    };
    let file = File { bytes, first: None, second: OnceCell::new() };
    match file.second(context) {
        Some(Ok(second)) if second.pages() > 0 => Ok(file),
        Some(Err(OpenError::Encrypted)) => Err(TextError::Encrypted { format: NAME }),
        // A cipher that neither reader knows looks like damage.
        _ if bytes.windows(8).any(|word| word == b"/Encrypt") => Err(TextError::Encrypted { format: NAME }),
        _ => Err(error),
    }
}

fn open_first(bytes: &[u8]) -> Result<(Document, Tree), TextError> {
    let mut document = Document::load_mem(bytes).map_err(text_error)?;
    if document.is_encrypted() {
        document.decrypt("").map_err(text_error)?;
    }
    if document.trailer.get(b"Encrypt").is_ok() {
        return Err(TextError::Encrypted { format: NAME });
    }
    let tree = Tree::flatten(&mut document);
    if tree.pages.len() <= MOST_PAGES {
        repair::repair(&mut document, &tree.pages);
    }
    Ok((document, tree))
}

/// Returns the file without its encryption dictionary if the password only protects embedded files. Text and
/// streams are not encrypted then (ISO 32000-1, 7.6.5), but both readers ask for the password.
fn without_attachment_encryption(bytes: &[u8]) -> Option<Vec<u8>> {
    let find = |key: &[u8], from: usize| {
        let rest = bytes.get(from..)?;
        rest.windows(key.len()).position(|window| window == key).map(|at| from + at)
    };
    let is_plain = |filter: &[u8]| {
        let value = find(filter, 0).and_then(|at| bytes.get(at + filter.len()..));
        value.is_some_and(|value| value.trim_ascii_start().starts_with(b"/Identity"))
    };
    let key = b"/Encrypt ";
    let mut at = find(key, 0)?;
    if !is_plain(b"/StmF") || !is_plain(b"/StrF") {
        return None;
    }
    let mut plain = bytes.to_vec();
    loop {
        // An unknown key of the same length keeps all offsets.
        plain.get_mut(at..at + key.len())?.copy_from_slice(b"/Unlock0 ");
        match find(key, at + 1) {
            Some(next) => at = next,
            None => return Some(plain),
        }
    }
}

fn text_error(error: Error) -> TextError {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => TextError::Encrypted { format: NAME },
        other => damaged(&other.to_string()),
    }
}

fn damaged(cause: &str) -> TextError {
    TextError::Damaged { format: NAME, cause: cause.to_owned() }
}

impl File<'_> {
    fn count(&self) -> usize {
        match (&self.first, self.second.get()) {
            (Some((_, tree)), _) => tree.pages.len(),
            (None, Some(Ok(second))) => second.pages(),
            (None, _) => 0,
        }
    }

    /// The outline, as far as the first reader can open the file.
    fn outline(&self) -> Vec<Bookmark> {
        let found = self.first.as_ref().map(|(document, tree)| catch(|| outline::read(document, tree)));
        found.and_then(Result::ok).unwrap_or_default()
    }

    /// Returns the second reader, which is opened on first use.
    fn second(&self, context: &Context<'_>) -> Option<&Result<Second, OpenError>> {
        if self.second.get().is_none() && !context.options.begin(0, Extractor::Second) {
            return None;
        }
        Some(self.second.get_or_init(|| Second::open(self.bytes)))
    }

    /// Reads a page and checks its content streams for damage.
    fn read(&self, number: u32, context: &Context<'_>, scans: &mut Scans<'_>) -> Draft {
        let mut draft = self.extract(number, context, scans);
        if let Some(page) = self.first.as_ref().and_then(|(document, tree)| Some((document, *tree.pages.get(&number)?)))
            && let Ok(annotations) = catch(|| fields::read(page.0, page.1))
        {
            draft.annotate(annotations);
        }
        let fault = || {
            let (document, tree) = self.first.as_ref()?;
            let gave_text = draft.recognised.is_some() || !draft.lines.is_empty();
            content::fault(document, *tree.pages.get(&number)?, gave_text)
        };
        match draft.outcome.fault().is_none().then(fault).flatten() {
            Some(fault) => Draft { outcome: PageOutcome::Failed(fault), ..draft },
            None => draft,
        }
    }

    fn extract(&self, number: u32, context: &Context<'_>, scans: &mut Scans<'_>) -> Draft {
        let first = self.first.as_ref().map(|(document, tree)| {
            if tree.is_lost(number) {
                Reading::failed(FaultKind::Damaged.because("the page is not in the file, or its object makes no sense"))
            } else if context.options.begin(number, Extractor::PdfExtract) {
                glyphs::read(document, number)
            } else {
                Reading::failed(FaultKind::ReaderFailed.because("the page crashed its first reader"))
            }
        });
        if let Some(first) = first.as_ref().filter(|first| first.is_sound()) {
            return Draft::of(first.lines.clone(), Extractor::PdfExtract, PageOutcome::Text);
        }
        let second = match self.second(context) {
            Some(Ok(second)) if context.options.begin(number, Extractor::Second) => second,
            _ => return Draft::without_second(first.unwrap_or_default(), "cannot open the file"),
        };
        let own_number = match &self.first {
            Some((_, tree)) => tree.number_among(number, second.pages()),
            None => Some(number),
        };
        let Some(own_number) = own_number else {
            return Draft::without_second(first.unwrap_or_default(), "does not find this page");
        };
        let (reading, ink) = second.read(own_number);
        if reading.is_sound() && first.as_ref().is_none_or(|first| first.letters() <= reading.letters()) {
            return Draft::of(reading.lines, Extractor::Second, PageOutcome::Text);
        }
        let (kept, extractor) = match first {
            Some(first) if first.letters() >= reading.letters() => (first, Extractor::PdfExtract),
            _ => (reading, Extractor::Second),
        };
        if is_blank(&kept, ink) {
            return Draft::of(Vec::new(), Extractor::None, PageOutcome::Empty);
        }
        scans.read(second, own_number, kept, extractor)
    }
}

/// Whether a page has nothing that recognition could find.
fn is_blank(reading: &Reading, ink: Ink) -> bool {
    reading.fault.is_none() && reading.shown == 0 && ink.pictures == 0 && ink.shapes < SHAPES_OF_A_WORD
}

/// Refuses a document without any text, with the cause.
fn check_text(pages: Vec<Page>) -> Result<Vec<Page>, TextError> {
    if pages.iter().any(|page| !page.text.is_empty()) {
        return Ok(pages);
    }
    let scanned = || pages.iter().filter(|page| matches!(page.outcome, PageOutcome::Scanned(_)));
    if let Some(cause) = scanned().find_map(|page| page.outcome.fault()) {
        return Err(TextError::Scanned { format: NAME, pages: scanned().count(), cause: cause.reason.clone() });
    }
    match pages.iter().find_map(|page| page.outcome.fault()) {
        Some(fault) => Err(damaged(&format!("none of its {} page(s) could be read: {}", pages.len(), fault.reason))),
        None => Err(TextError::NoText { format: NAME }),
    }
}

#[cfg(test)]
mod tests {
    use super::without_attachment_encryption;

    #[test]
    fn a_password_for_attachments_alone_is_ignored() {
        let file = |text: &str| format!("/StmF /Identity\n/StrF {text}\ntrailer << /Encrypt 12 0 R >>").into_bytes();
        let plain = without_attachment_encryption(&file("/Identity")).unwrap();
        assert_eq!((plain.len(), plain.windows(8).any(|w| w == b"/Encrypt")), (file("/Identity").len(), false));
        for locked in [file("/StdCF"), b"/Encrypt 12 0 R".to_vec(), Vec::new()] {
            assert_eq!(without_attachment_encryption(&locked), None);
        }
    }
}
