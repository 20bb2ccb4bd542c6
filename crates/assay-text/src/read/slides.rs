//! Splits the blocks of a presentation into slides.

use anydoc::Format as Container;
use anydoc::model::{Block, Inline, inlines_to_plain_text};
use assay_domain::{FaultKind, Page, PageOutcome};

use crate::compose::Composer;
use crate::error::TextError;
use crate::read::blocks;
use crate::read::margin::Margin;

/// The heading text that marks the beginning of a slide in formats without anchors.
pub(crate) const MARK: &str = "\u{2063}slide\u{2063}";

/// Returns a page for each marked slide, or one page for all if `margins` is empty; `margins` has the comments on
/// each slide.
pub(crate) fn pages(
    bytes: &[u8],
    container: Container,
    name: &'static str,
    margins: &[Margin],
) -> Result<Vec<Page>, TextError> {
    let document = anydoc::to_document(bytes, container).map_err(|error| blocks::text_error(error, name))?;
    if margins.is_empty() {
        return Ok(vec![blocks::page(&document.blocks, &document.notes)]);
    }
    let mut slides: Vec<Option<Vec<Block>>> = vec![None; margins.len()];
    let mut current = 0;
    for block in document.blocks {
        if let Some(number) = slide_start(&block) {
            current = number.unwrap_or(current + 1);
            let Some(slide) = slides.get_mut(current.saturating_sub(1)) else { continue };
            slide.get_or_insert_default();
            continue;
        }
        if let Some(slide) = slides.get_mut(current.saturating_sub(1)) {
            slide.get_or_insert_default().push(block);
        }
    }
    Ok((1..).zip(slides).zip(margins).map(|((number, slide), margin)| page(number, slide, margin)).collect())
}

fn page(number: u32, slide: Option<Vec<Block>>, margin: &Margin) -> Page {
    let page = match slide {
        Some(blocks) => {
            let mut composer = Composer::default();
            blocks::write_slide(&mut composer, &blocks);
            margin.write(&mut composer);
            composer.finish()
        }
        None => {
            let fault = FaultKind::Damaged.because("the slide is missing from the file or damaged");
            Page::without_text(None, PageOutcome::Failed(fault))
        }
    };
    Page { number: Some(number), ..page }
}

/// Returns `Some` if a block begins a slide, with the slide's number if the mark has one.
fn slide_start(block: &Block) -> Option<Option<usize>> {
    match block {
        Block::Paragraph(content) => match content.as_slice() {
            [Inline::Anchor(id)] => Some(Some(id.strip_prefix("slide-")?.parse().ok()?)),
            _ => None,
        },
        Block::Heading { content, .. } => (inlines_to_plain_text(content).trim() == MARK).then_some(None),
        _ => None,
    }
}
