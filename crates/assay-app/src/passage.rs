//! Opened citations: the passage on its page, its document, its original file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use assay_contract::{ChunkSpan, DocumentPage, DocumentView, PassageView, RemoteRole};
use assay_domain::port::{Reader, Source};
use assay_domain::{ChunkId, Document, DocumentId, Failure, Passage, Problem};
use assay_library::Engines;

use crate::app::App;
use crate::convert;

impl App {
    /// The page of a chunk, split into the text before it, its own, and the text after it.
    ///
    /// # Errors
    /// Fails if the passage is no longer in the library.
    pub async fn passage(&self, chunk: &str) -> Result<PassageView, Failure> {
        let engines = self.library.engines().await;
        let (passage, row) = match self.find_passage(&engines, chunk).await {
            Ok(found) => found,
            Err(failure) => find_cited(&engines, chunk)?.ok_or(failure)?,
        };
        let page = engines.store().page(row.id, passage.page_index)?.ok_or_else(|| no_such_passage(chunk))?;
        let around = page.text.get(..passage.range.start).zip(page.text.get(passage.range.end..));
        let (before, after) =
            around.ok_or_else(|| Failure::bug(format!("the passage {chunk} does not fit its page")))?;
        Ok(PassageView {
            chunk: chunk.to_owned(),
            document: row.id.0,
            name: row.name,
            page: passage.page,
            pages: row.pages,
            heading: passage.heading,
            before: before.to_owned(),
            after: after.to_owned(),
            text: passage.text,
        })
    }

    /// The passage of a chunk and the row of its document.
    pub(crate) async fn find_passage(&self, engines: &Engines, chunk: &str) -> Result<(Passage, Document), Failure> {
        let id = ChunkId::parse(chunk).ok_or_else(|| no_such_passage(chunk))?;
        let store = engines.store();
        let live = store.live_generations()?;
        let document = live.into_iter().find(|(generation, ..)| *generation == id.generation);
        let document = document.ok_or_else(|| no_such_passage(chunk))?.1;
        let passages = engines.answering().await?.1.reader.chunks_of(id.generation).await.map_err(Failure::from)?;
        let passage = passages.into_iter().find(|passage| passage.chunk == id).ok_or_else(|| no_such_passage(chunk))?;
        let row = store.document(document)?.ok_or_else(|| no_such_passage(chunk))?;
        Ok((passage, row))
    }

    /// A document as it was read, page by page, with the spans of its chunks.
    ///
    /// # Errors
    /// Fails if the library has no such document, or its index cannot be read.
    pub async fn document(&self, document: i64) -> Result<DocumentView, Failure> {
        let engines = self.library.engines().await;
        let row = document_row(&engines, document)?;
        let pages = engines.store().pages(row.id)?;
        let mut spans: HashMap<usize, Vec<Passage>> = HashMap::new();
        if let Some(generation) = row.generation {
            for passage in engines.answering().await?.1.reader.chunks_of(generation).await.map_err(Failure::from)? {
                spans.entry(passage.page_index).or_default().push(passage);
            }
        }
        let pages = pages.into_iter().enumerate().map(|(index, page)| {
            let mut passages = spans.remove(&index).unwrap_or_default();
            passages.sort_by_key(|passage| passage.range.start);
            let offsets = utf16_offsets(&page.text, passages.iter().flat_map(|p| [p.range.start, p.range.end]));
            let offset = |byte| offsets.get(&byte).copied().unwrap_or_default();
            let span = |passage: &Passage| ChunkSpan {
                chunk: passage.chunk.to_string(),
                start: offset(passage.range.start),
                end: offset(passage.range.end),
            };
            let row = convert::document::page_row(page.row());
            DocumentPage {
                index: index as u32,
                number: page.number,
                outcome: row.outcome,
                reason: row.reason,
                code: row.code,
                extractor: row.extractor,
                characters: row.characters,
                confidence: row.confidence,
                chunks: passages.iter().map(span).collect(),
                text: page.text,
            }
        });
        let pages = pages.collect();
        let pdf = Path::new(&row.path).extension().is_some_and(|end| end.eq_ignore_ascii_case("pdf"));
        Ok(DocumentView { document, name: row.name, pdf, pages })
    }

    /// The path of a document's original, for the system to open. The page knows documents by number only.
    ///
    /// # Errors
    /// Fails if the library has no such document, or its file is missing.
    pub async fn original_path(&self, document: i64) -> Result<PathBuf, Failure> {
        let engines = self.library.engines().await;
        let row = document_row(&engines, document)?;
        let path = PathBuf::from(&row.path);
        if path.exists() {
            return Ok(path);
        }
        if self.remote_role() == RemoteRole::Reader {
            let message = format!("the file of {} is on the machine that publishes this library", row.name);
            return Err(Failure::new(Problem::FollowsAnother, message, "its text is shown as it was published"));
        }
        let message = format!("{} is not where it was when it was read", row.name);
        Err(Failure::new(Problem::MissingFile, message, "put it back, or add it from where it is now"))
    }

    /// The path of a document as it was added, also where its file is gone.
    ///
    /// # Errors
    /// Fails if the library has no such document.
    pub async fn document_path(&self, document: i64) -> Result<String, Failure> {
        let engines = self.library.engines().await;
        Ok(document_row(&engines, document)?.path)
    }

    /// The bytes of a document's original, for the page to draw.
    ///
    /// # Errors
    /// Fails if the library has no such document, if its file is not a PDF, or if the file changed since
    /// it was read.
    pub async fn original(&self, document: i64) -> Result<Vec<u8>, Failure> {
        let engines = self.library.engines().await;
        let row = document_row(&engines, document)?;
        let source = Source::at(row.path.clone(), row.name.clone());
        let found = engines.reader().fingerprint(&source).await?;
        if row.fingerprint.as_ref().is_some_and(|read| read.hash != found.hash) {
            let message = format!("{} has changed since it was read", row.name);
            return Err(Failure::new(
                Problem::MissingFile,
                message,
                "add it again; until then its text is shown as read",
            ));
        }
        let bytes = tokio::fs::read(&row.path).await.map_err(|error| {
            let message = format!("{} cannot be opened: {error}", row.name);
            Failure::new(Problem::UnreadableFile, message, "its text is shown as read")
        })?;
        // The header may follow other bytes (PDF 32000-1, implementation note 13).
        let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
        if head.windows(5).any(|window| window == b"%PDF-") {
            return Ok(bytes);
        }
        let message = format!("{} is not a PDF, so it is not drawn", row.name);
        Err(Failure::new(Problem::UnsupportedFile, message, "its text is shown as read"))
    }
}

/// A passage that a kept answer cites, after the index was rebuilt and the chunks have other names: its
/// text is searched in the document as it was read.
fn find_cited(engines: &Engines, chunk: &str) -> Result<Option<(Passage, Document)>, Failure> {
    let Some(id) = ChunkId::parse(chunk) else { return Ok(None) };
    let Some(cited) = engines.store().cited(id)? else { return Ok(None) };
    let Some(row) = engines.store().document(cited.document)? else { return Ok(None) };
    let pages = engines.store().pages(row.id)?;
    let mut found = pages.iter().enumerate().filter_map(|(page_index, page)| {
        let start = page.text.find(&cited.text)?;
        Some((page_index, page.number, start..start + cited.text.len()))
    });
    let best = found.clone().find(|(_, page, _)| *page == cited.page).or_else(|| found.next());
    Ok(best.map(|(page_index, page, range)| {
        let (heading, text) = (cited.heading, cited.text);
        (Passage { chunk: id, document: row.id, page_index, page, range, heading, text }, row)
    }))
}

fn no_such_passage(chunk: &str) -> Failure {
    let message = format!("the passage {chunk} is no longer in the library");
    Failure::new(Problem::MissingFile, message, "ask the question again")
}

fn document_row(engines: &Engines, document: i64) -> Result<Document, Failure> {
    let missing = || {
        let message = format!("the library has no document {document}");
        Failure::new(Problem::MissingFile, message, "choose another in the library")
    };
    engines.store().document(DocumentId(document))?.ok_or_else(missing)
}

/// A byte offset in UTF-16 units, as JavaScript counts.
pub(crate) fn utf16(text: &str, byte: usize) -> u32 {
    utf16_offsets(text, [byte]).into_values().next().unwrap_or_default()
}

/// Many byte offsets in one pass over the text: a page can be a file of 40 MB with 200,000 chunks.
pub(crate) fn utf16_offsets(text: &str, bytes: impl IntoIterator<Item = usize>) -> HashMap<usize, u32> {
    let mut bytes: Vec<usize> = bytes.into_iter().collect();
    bytes.sort_unstable();
    let (mut before, mut units) = (0, 0);
    let mut place = |byte: usize| {
        let end = text.floor_char_boundary(byte);
        units += text.get(before..end).unwrap_or_default().chars().map(char::len_utf16).sum::<usize>() as u32;
        before = end;
        (byte, units)
    };
    bytes.into_iter().map(&mut place).collect()
}
