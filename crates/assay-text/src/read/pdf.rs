//! PDF, page by page: pdf-extract first; a page that it fails on, or finds empty, goes to a second
//! reader, and one without letters to recognition. Every page has its row.
//!
//! pdf-extract's own `extract_text_by_pages` ends at the first page that fails and still
//! reports success, so the page list comes from the page tree and each page is read apart.

mod tree;
mod repair;
mod content;
mod forms;
mod names;
mod widths;
mod charset;
mod collection;
mod lines;
mod glyphs;
mod second;
mod fill;
mod canvas;
mod scan;
mod running;

use std::cell::OnceCell;

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};
use pdf_extract::{Document, Error};

use crate::TextError;
use crate::aids::Aids;
use crate::contain::catch;
use glyphs::Reading;
use lines::{Line, compose};
use scan::Scans;
pub(crate) use scan::{no_engine, unsure};
use second::{Ink, Refusal, Second};
use tree::Tree;

const NAME: &str = "PDF";
/// More pages than any book; a page tree that claims more is an attack or a mistake.
const MOST_PAGES: usize = 50_000;
/// Letters drawn as shapes make at least so many.
const SHAPES_OF_A_WORD: usize = 12;

/// A row for each page of the page tree.
pub(crate) fn pages(bytes: &[u8], aids: &Aids<'_>) -> Result<Vec<Page>, TextError> {
    let plain = without_locked_attachments(bytes);
    let file = open(plain.as_deref().unwrap_or(bytes), aids)?;
    let count = file.count();
    if count == 0 {
        return Err(damaged("it has no pages that can be found"));
    }
    if count > MOST_PAGES {
        return Err(TextError::TooLarge { limit: format!("{MOST_PAGES} pages, the file has {count}") });
    }
    let mut scans = Scans::new(aids);
    let mut drafts: Vec<Draft> = (1..=count as u32).map(|number| file.read(number, aids, &mut scans)).collect();
    running::keep_once(drafts.iter_mut().map(|draft| &mut draft.lines));
    judge(drafts.into_iter().zip(1..).map(|(draft, number)| draft.finish(number)).collect())
}

/// A file open in the readers that can open it.
struct File<'a> {
    bytes: &'a [u8],
    first: Option<(Document, Tree)>,
    second: OnceCell<Result<Second, Refusal>>,
}

/// Opens what needs no password to be read, also where an owner's password restricts other uses.
fn open<'a>(bytes: &'a [u8], aids: &Aids<'_>) -> Result<File<'a>, TextError> {
    let opening = aids.may(0, Extractor::PdfExtract).then(|| catch(|| open_first(bytes)));
    let refusal = match opening {
        Some(Ok(Ok(first))) if !first.1.pages.is_empty() => {
            return Ok(File { bytes, first: Some(first), second: OnceCell::new() });
        }
        Some(Ok(Ok(_))) => damaged("it has no pages that can be found"),
        Some(Ok(Err(refusal))) => refusal,
        Some(Err(panic)) => damaged(&panic),
        None => damaged("it brought its first reader down"),
    };
    let file = File { bytes, first: None, second: OnceCell::new() };
    match file.second(aids) {
        Some(Ok(second)) if second.pages() > 0 => Ok(file),
        Some(Err(Refusal::Locked)) => Err(TextError::Encrypted { format: NAME }),
        // Ciphers that neither reader knows look like damage.
        _ if bytes.windows(8).any(|word| word == b"/Encrypt") => Err(TextError::Encrypted { format: NAME }),
        _ => Err(refusal),
    }
}

fn open_first(bytes: &[u8]) -> Result<(Document, Tree), TextError> {
    let mut document = Document::load_mem(bytes).map_err(refusal)?;
    if document.is_encrypted() {
        document.decrypt("").map_err(refusal)?;
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

/// The file without its lock, if the password is for embedded files alone: text and streams go through
/// no cipher then (PDF 32000-1, 7.6.5), but both readers ask for the password all the same.
fn without_locked_attachments(bytes: &[u8]) -> Option<Vec<u8>> {
    let find = |word: &[u8], from: usize| {
        let rest = bytes.get(from..)?;
        rest.windows(word.len()).position(|window| window == word).map(|at| from + at)
    };
    let is_plain = |filter: &[u8]| {
        let value = find(filter, 0).and_then(|at| bytes.get(at + filter.len()..));
        value.is_some_and(|value| value.trim_ascii_start().starts_with(b"/Identity"))
    };
    let lock = b"/Encrypt ";
    let mut at = find(lock, 0)?;
    if !is_plain(b"/StmF") || !is_plain(b"/StrF") {
        return None;
    }
    let mut plain = bytes.to_vec();
    loop {
        // A key that nobody knows, of the same length, so that all offsets stay.
        plain.get_mut(at..at + lock.len())?.copy_from_slice(b"/Unlock0 ");
        match find(lock, at + 1) {
            Some(next) => at = next,
            None => return Some(plain),
        }
    }
}

fn refusal(error: Error) -> TextError {
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

    /// The second reader, opened when it is first asked for.
    fn second(&self, aids: &Aids<'_>) -> Option<&Result<Second, Refusal>> {
        if self.second.get().is_none() && !aids.may(0, Extractor::Second) {
            return None;
        }
        Some(self.second.get_or_init(|| Second::open(self.bytes)))
    }

    /// A page, with a word about content that no reader could unpack.
    fn read(&self, number: u32, aids: &Aids<'_>, scans: &mut Scans<'_>) -> Draft {
        let draft = self.extract(number, aids, scans);
        let fault = || {
            let (document, tree) = self.first.as_ref()?;
            let gave_text = draft.written.is_some() || !draft.lines.is_empty();
            content::fault(document, *tree.pages.get(&number)?, gave_text)
        };
        match draft.outcome.fault().is_none().then(fault).flatten() {
            Some(fault) => Draft { outcome: PageOutcome::Failed(fault), ..draft },
            None => draft,
        }
    }

    fn extract(&self, number: u32, aids: &Aids<'_>, scans: &mut Scans<'_>) -> Draft {
        let first = self.first.as_ref().map(|(document, tree)| {
            if tree.is_lost(number) {
                Reading::failed(FaultKind::Damaged.because("the page is not in the file, or its object makes no sense"))
            } else if aids.may(number, Extractor::PdfExtract) {
                glyphs::read(document, number)
            } else {
                Reading::failed(FaultKind::ReaderFailed.because("the page brought its first reader down"))
            }
        });
        if let Some(first) = first.as_ref().filter(|first| first.is_sound()) {
            return Draft::of(first.lines.clone(), Extractor::PdfExtract, PageOutcome::Text);
        }
        let second = match self.second(aids) {
            Some(Ok(second)) if aids.may(number, Extractor::Second) => second,
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

/// Whether there is nothing that recognition could find.
fn is_blank(reading: &Reading, ink: Ink) -> bool {
    reading.fault.is_none() && reading.shown == 0 && ink.pictures == 0 && ink.shapes < SHAPES_OF_A_WORD
}

/// A page before repeated lines are taken out.
struct Draft {
    lines: Vec<Line>,
    /// Text that needs no composing, from recognition.
    written: Option<String>,
    extractor: Extractor,
    confidence: Option<u8>,
    outcome: PageOutcome,
}

impl Draft {
    fn of(lines: Vec<Line>, extractor: Extractor, outcome: PageOutcome) -> Self {
        Self { lines, written: None, extractor, confidence: None, outcome }
    }

    /// What is left where the second reader cannot help.
    fn without_second(first: Reading, why: &str) -> Self {
        let fault = first.fault.unwrap_or_else(|| {
            FaultKind::ReaderFailed.because(format!(
                "the page gave no text, and the second PDF reader, which would tell a blank page from a scan, {why}"
            ))
        });
        let extractor = if first.lines.is_empty() { Extractor::None } else { Extractor::PdfExtract };
        Self::of(first.lines, extractor, PageOutcome::Failed(fault))
    }

    fn finish(self, number: u32) -> Page {
        let (text, headings) = match self.written {
            Some(text) => (text, Vec::new()),
            None => compose(&self.lines),
        };
        // A page that held nothing but what stands on every page.
        let outcome = match self.outcome {
            PageOutcome::Text if text.is_empty() => PageOutcome::Empty,
            outcome => outcome,
        };
        let Self { extractor, confidence, .. } = self;
        Page { number: Some(number), text, headings, extractor, confidence, outcome }
    }
}

/// Refuses a document without any text by its cause.
fn judge(pages: Vec<Page>) -> Result<Vec<Page>, TextError> {
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
    use super::without_locked_attachments;

    #[test]
    fn a_lock_on_attachments_alone_is_none() {
        let file = |text: &str| format!("/StmF /Identity\n/StrF {text}\ntrailer << /Encrypt 12 0 R >>").into_bytes();
        let plain = without_locked_attachments(&file("/Identity")).unwrap();
        assert_eq!((plain.len(), plain.windows(8).any(|w| w == b"/Encrypt")), (file("/Identity").len(), false));
        for locked in [file("/StdCF"), b"/Encrypt 12 0 R".to_vec(), Vec::new()] {
            assert_eq!(without_locked_attachments(&locked), None);
        }
    }
}
