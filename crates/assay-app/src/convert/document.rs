//! Documents and their pages.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use assay_contract as contract;
use assay_contract::{DocumentRow, PageRow, RemovedRow};
use assay_domain::{Document, DocumentId, DocumentState, Extractor, FaultKind, PageOutcome};
use assay_library::Dismissed;

use super::problem;

/// Why a document waits that was stopped, for the terminal; the window has its own words for a stopped row.
const STOPPED: &str = "you stopped it; `assay retry` goes on with it";

/// A document's row. Only the terminal gets the path. A missing document leaves the library after `missing_time`. Of
/// documents that are not in `stopped`, those that wait go on by themselves.
pub fn document(
    document: Document,
    with_path: bool,
    missing_time: Duration,
    stopped: &HashSet<DocumentId>,
) -> DocumentRow {
    let stopped = stopped.contains(&document.id);
    let folder = Path::new(&document.path).parent().and_then(Path::file_name);
    let folder = folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
    DocumentRow {
        id: document.id.0,
        path: with_path.then_some(document.path),
        name: document.name,
        folder,
        collection: document.collection,
        state: state(document.state),
        reason: document.reason.or_else(|| (stopped && with_path).then(|| STOPPED.to_owned())),
        problem: document.problem.map(problem::code),
        pages: document.pages,
        pages_with_text: document.pages_with_text,
        page_rows: None,
        chunks: document.chunks,
        bytes: document.fingerprint.map_or(0, |fingerprint| fingerprint.bytes),
        language: document.language,
        searchable: document.generation.is_some() && document.state != DocumentState::Missing,
        missing_until: document.missing_since.map(|since| since.saturating_add(missing_time.as_secs() as i64)),
        again_at: document.retry.filter(|_| !stopped).map(|retry| retry.at),
        stopped,
    }
}

/// A file that was removed from a watched folder. Only the terminal gets the path.
pub fn removed(mark: Dismissed, with_path: bool) -> RemovedRow {
    let folder = Path::new(&mark.path).parent().and_then(Path::file_name);
    RemovedRow {
        id: mark.id,
        folder: folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default(),
        path: with_path.then_some(mark.path),
        name: mark.name,
        collection: mark.collection,
        removed: mark.dismissed,
    }
}

/// How far a document is in the ingest.
pub fn state(state: DocumentState) -> contract::DocumentState {
    match state {
        DocumentState::Queued => contract::DocumentState::Queued,
        DocumentState::Reading => contract::DocumentState::Reading,
        DocumentState::Embedding => contract::DocumentState::Embedding,
        DocumentState::Committed => contract::DocumentState::Committed,
        DocumentState::Failed => contract::DocumentState::Failed,
        DocumentState::Quarantined => contract::DocumentState::Quarantined,
        DocumentState::Offline => contract::DocumentState::Offline,
        DocumentState::Missing => contract::DocumentState::Missing,
        DocumentState::Removed => contract::DocumentState::Removed,
    }
}

/// How a page was read.
pub fn page_row(row: assay_domain::PageRow) -> PageRow {
    let fault = row.outcome.fault();
    PageRow {
        number: row.number,
        extractor: extractor(row.extractor),
        characters: row.characters,
        confidence: row.confidence,
        outcome: page_outcome(&row.outcome),
        reason: fault.map(|fault| fault.reason.clone()),
        code: fault.map(|fault| fault_kind(fault.kind)),
    }
}

fn extractor(extractor: Extractor) -> contract::Extractor {
    match extractor {
        Extractor::Format => contract::Extractor::Format,
        Extractor::PdfExtract => contract::Extractor::PdfExtract,
        Extractor::Second => contract::Extractor::Second,
        Extractor::Ocr => contract::Extractor::Ocr,
        Extractor::None => contract::Extractor::None,
    }
}

fn page_outcome(outcome: &PageOutcome) -> contract::PageOutcome {
    match outcome {
        PageOutcome::Text => contract::PageOutcome::Text,
        PageOutcome::Empty => contract::PageOutcome::Empty,
        PageOutcome::Scanned(_) => contract::PageOutcome::Scanned,
        PageOutcome::Failed(_) => contract::PageOutcome::Failed,
    }
}

/// The kind of a page's fault.
pub fn fault_kind(kind: FaultKind) -> contract::FaultKind {
    match kind {
        FaultKind::Damaged => contract::FaultKind::Damaged,
        FaultKind::Letters => contract::FaultKind::Letters,
        FaultKind::Encoding => contract::FaultKind::Encoding,
        FaultKind::ReaderFailed => contract::FaultKind::ReaderFailed,
        FaultKind::TooLarge => contract::FaultKind::TooLarge,
        FaultKind::Attachment => contract::FaultKind::Attachment,
        FaultKind::NoRecognition => contract::FaultKind::NoRecognition,
        FaultKind::RecognitionCap => contract::FaultKind::RecognitionCap,
        FaultKind::RecognitionUnsure => contract::FaultKind::RecognitionUnsure,
        FaultKind::RecognitionFailed => contract::FaultKind::RecognitionFailed,
        FaultKind::Other => contract::FaultKind::Other,
    }
}
