//! Reads picture files by text recognition.

use assay_domain::{Extractor, Page, PageOutcome, Picture};
use imagesize::{ImageType, blob_size, image_type};

use crate::context::Context;
use crate::error::TextError;
use crate::read::recognition::{cap_reached, no_engine, unsure};

const NAME: &str = "picture";

/// Whether the content is a picture in a format that can be recognised.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    match image_type(bytes) {
        Ok(ImageType::Bmp) => bytes.get(6..10) == Some(&[0; 4]),
        Ok(ImageType::Gif | ImageType::Jpeg | ImageType::Png | ImageType::Tiff | ImageType::Webp) => true,
        _ => false,
    }
}

/// Returns a page for each frame; only TIFF has more than one.
pub(crate) fn pages(bytes: &[u8], context: &Context<'_>) -> Result<Vec<Page>, TextError> {
    let size = blob_size(bytes).map_err(|error| TextError::Damaged { format: NAME, cause: error.to_string() })?;
    let pixels = size.width as u64 * size.height as u64;
    let options = &context.options;
    let most = options.limits.pixels * 4;
    if pixels > most {
        let limit = format!("{most} pixels in a picture, this one has {} by {}", size.width, size.height);
        return Err(TextError::TooLarge { limit });
    }
    let scanned = |cause: String| TextError::Scanned { format: NAME, pages: 1, cause };
    let ocr = options.ocr.ok_or_else(|| scanned(no_engine().reason))?;
    if context.totals.recognised.get() >= options.limits.pages {
        return Err(scanned(cap_reached(options.limits.pages).reason));
    }
    if !options.begin(1, Extractor::Ocr) {
        return Err(scanned("its recognition crashed or took too long".to_owned()));
    }
    context.totals.recognised.set(context.totals.recognised.get() + 1);
    let frames = ocr.recognise(&Picture::File(bytes)).map_err(|fault| scanned(fault.reason().to_owned()))?;
    if frames.iter().all(|frame| frame.text.is_empty()) {
        let sure = frames.iter().map(|frame| frame.confidence).max().filter(|sure| *sure > 0);
        return Err(sure.map_or(TextError::NoText { format: NAME }, |sure| scanned(unsure(sure).reason)));
    }
    Ok(frames
        .into_iter()
        .zip(1..)
        .map(|(frame, number)| Page {
            number: Some(number),
            outcome: if frame.text.is_empty() { PageOutcome::Empty } else { PageOutcome::Text },
            text: frame.text,
            headings: Vec::new(),
            extractor: Extractor::Ocr,
            confidence: Some(frame.confidence),
        })
        .collect())
}
