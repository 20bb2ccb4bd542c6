//! The child's side: reads the file of each request.

use std::io::Read;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use assay_domain::port::Ocr;
use assay_domain::{Extractor, Failure, Page, ReadDocument};
use assay_process::{WorkerError, child};
use assay_text::{OcrLimits, ReadOptions, Step};

use super::open::read_unchanged;
use super::wire::{OcrRequest, Reply, Request};
use crate::tesseract::{OcrSettings, Tesseract};

/// Answers one request after the other until the pipe closes.
///
/// # Errors
/// Fails if the pipe breaks or a request is not valid.
pub fn serve() -> Result<(), WorkerError> {
    child::serve(|request: Request, reply: &mut dyn FnMut(&Reply)| match read_and_report(&request, reply) {
        Ok(document) => {
            document.pages.into_iter().for_each(|page| reply(&page_reply(page)));
            reply(&Reply::Done { format: document.format, language: document.language, hash: document.hash });
        }
        Err(Failure { problem, message, action }) => {
            reply(&Reply::Failed { problem: problem.as_str().to_owned(), message, action });
        }
    })
}

/// Reads on a second thread and reports each step before it begins.
fn read_and_report(request: &Request, reply: &mut dyn FnMut(&Reply)) -> Result<ReadDocument, Failure> {
    let (steps, received) = channel::<Step>();
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            read(request, &move |step| {
                let _ = steps.send(step);
            })
        });
        for step in received {
            reply(&Reply::Step { page: step.page, extractor: step.extractor.as_str().to_owned() });
        }
        reading.join().unwrap_or_else(|_| Err(Failure::bug("reading a file panicked")))
    })
}

fn read(request: &Request, on_step: &(dyn Fn(Step) + Sync)) -> Result<ReadDocument, Failure> {
    let bytes = read_unchanged(Path::new(&request.path), &request.name, request.largest, |file| {
        let mut bytes = Vec::new();
        // One byte over the limit shows that the file grew since it was opened.
        file.take(request.largest + 1).read_to_end(&mut bytes).map(|_| bytes)
    })?;
    let ocr = request.ocr.as_ref().map(settings);
    let tesseract = ocr.clone().map(Tesseract::new);
    let avoid: Vec<Step> = request
        .avoid
        .iter()
        .filter_map(|(page, extractor)| Some(Step { page: *page, extractor: Extractor::parse(extractor)? }))
        .collect();
    let options = ReadOptions {
        ocr: tesseract.as_ref().map(|tesseract| tesseract as &dyn Ocr),
        limits: ocr.map_or_else(OcrLimits::default, |ocr| OcrLimits { pages: ocr.pages, pixels: ocr.pixels }),
        avoid: &avoid,
        on_step,
    };
    assay_text::read_with(&bytes, &request.name, &options).map_err(|error| {
        let failure = Failure::from(error);
        Failure { message: format!("{}: {}", request.name, failure.message), ..failure }
    })
}

fn settings(request: &OcrRequest) -> OcrSettings {
    OcrSettings {
        program: request.program.clone(),
        languages: request.languages.clone(),
        pages: request.pages,
        pixels: request.pixels,
        page_time: Duration::from_millis(request.page_time),
        file_time: Duration::from_millis(request.file_time),
    }
}

fn page_reply(page: Page) -> Reply {
    Reply::Page {
        number: page.number,
        text: page.text,
        headings: page.headings,
        extractor: page.extractor.as_str().to_owned(),
        confidence: page.confidence,
        outcome: page.outcome.as_str().to_owned(),
        fault: page.outcome.fault().map(|fault| fault.kind.as_str().to_owned()),
        reason: page.outcome.fault().map(|fault| fault.reason.clone()),
    }
}
