//! Presentations, slide by slide.

use anydoc::Format as Container;
use anydoc::model::{Block, Inline, inlines_to_plain_text};
use assay_domain::{FaultKind, Page, PageOutcome};

use crate::TextError;
use crate::read::blocks;

/// The text of the headings that mark where a slide begins, where no anchor does.
pub(crate) const MARK: &str = "\u{2063}slide\u{2063}";

/// A page for each of `count` slides whose beginnings are marked; one page for all if none is.
pub(crate) fn pages(
    bytes: &[u8],
    container: Container,
    name: &'static str,
    count: usize,
) -> Result<Vec<Page>, TextError> {
    let document = anydoc::to_document(bytes, container).map_err(|error| blocks::refusal(error, name))?;
    if count == 0 {
        return Ok(vec![blocks::page(&document.blocks, &document.notes)]);
    }
    let mut slides: Vec<Option<Vec<Block>>> = vec![None; count];
    let mut current = 0;
    for block in document.blocks {
        if let Some(number) = begun(&block) {
            current = number.unwrap_or(current + 1);
            let Some(slide) = slides.get_mut(current.saturating_sub(1)) else { continue };
            slide.get_or_insert_default();
            continue;
        }
        if let Some(slide) = slides.get_mut(current.saturating_sub(1)) {
            slide.get_or_insert_default().push(block);
        }
    }
    Ok((1..).zip(slides).map(|(number, slide)| page(number, slide)).collect())
}

fn page(number: u32, slide: Option<Vec<Block>>) -> Page {
    let page = match slide {
        Some(blocks) => blocks::page(&blocks, &[]),
        None => {
            let fault = FaultKind::Damaged.because("the slide is missing from the file or damaged");
            Page::without_text(None, PageOutcome::Failed(fault))
        }
    };
    Page { number: Some(number), ..page }
}

/// Whether a slide begins here, and its number where the mark tells it.
fn begun(block: &Block) -> Option<Option<usize>> {
    match block {
        Block::Paragraph(content) => match content.as_slice() {
            [Inline::Anchor(id)] => Some(Some(id.strip_prefix("slide-")?.parse().ok()?)),
            _ => None,
        },
        Block::Heading { content, .. } => (inlines_to_plain_text(content).trim() == MARK).then_some(None),
        _ => None,
    }
}
