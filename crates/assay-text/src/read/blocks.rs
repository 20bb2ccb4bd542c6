//! Converts anydoc's document model to pages. anydoc resolves styles, numbering, tracked changes,
//! notes and text boxes. Its model is used instead of its Markdown output, whose escapes and table pipes
//! would stand in the passages.

use anydoc::model::{Block, CellSlot, Inline, List, Note, Table, TableKind, checkbox_text, inlines_to_plain_text};
use anydoc::{ConvertError, Format as Package};
use assay_domain::Page;

use crate::compose::Composer;
use crate::error::TextError;

/// Returns the whole text as one page; page breaks only exist in the program that shows the file.
pub(crate) fn whole(bytes: &[u8], package: Package, name: &'static str) -> Result<Vec<Page>, TextError> {
    let document = anydoc::to_document(bytes, package).map_err(|error| text_error(error, name))?;
    Ok(vec![page(&document.blocks, &document.notes)])
}

/// Makes a page of blocks and their notes.
pub(crate) fn page(blocks: &[Block], notes: &[Note]) -> Page {
    let mut composer = Composer::default();
    write_blocks(&mut composer, blocks);
    write_notes(&mut composer, notes);
    composer.finish()
}

/// Converts an error of anydoc.
pub(crate) fn text_error(error: ConvertError, name: &'static str) -> TextError {
    match error {
        ConvertError::Encrypted => TextError::Encrypted { format: name },
        ConvertError::ResourceLimit { limit, detail } => TextError::TooLarge { limit: format!("{detail} ({limit})") },
        other => TextError::Damaged { format: name, cause: other.to_string() },
    }
}

fn write_blocks(composer: &mut Composer, blocks: &[Block]) {
    for block in blocks {
        write_block(composer, block);
    }
}

fn write_block(composer: &mut Composer, block: &Block) {
    match block {
        Block::Heading { level, content, .. } => {
            let start = composer.begin_heading();
            write_inlines(composer, content);
            composer.end_heading(*level, start);
        }
        Block::Paragraph(content) => {
            composer.begin_paragraph();
            write_inlines(composer, content);
            composer.begin_paragraph();
        }
        Block::List(list) => write_list(composer, list),
        Block::Table(table) => write_table(composer, table),
        Block::BlockQuote(blocks) => write_blocks(composer, blocks),
        Block::CodeBlock { text, .. } => {
            composer.begin_paragraph();
            composer.push_verbatim(text);
            composer.begin_paragraph();
        }
        Block::Math(formula) => {
            composer.begin_paragraph();
            composer.push_inline(formula);
            composer.begin_paragraph();
        }
        Block::Rule => composer.begin_paragraph(),
    }
}

fn write_list(composer: &mut Composer, list: &List) {
    for (number, item) in (list.start..).zip(&list.items) {
        composer.begin_line();
        let label = item.marker_label.clone().unwrap_or_else(|| list.marker.label(number));
        composer.push_inline(&label);
        composer.push_inline(" ");
        for (place, block) in item.blocks.iter().enumerate() {
            match block {
                Block::Paragraph(content) => {
                    if place > 0 {
                        composer.begin_line();
                    }
                    write_inlines(composer, content);
                }
                other => write_block(composer, other),
            }
        }
        composer.begin_line();
    }
}

fn write_table(composer: &mut Composer, table: &Table) {
    let cells = table.grid.iter().flatten();
    let nested = cells.clone().any(|slot| matches!(slot, CellSlot::Origin(cell) if holds_blocks(&cell.blocks)));
    if nested || table.kind == TableKind::Layout {
        for slot in cells {
            if let CellSlot::Origin(cell) = slot {
                write_blocks(composer, &cell.blocks);
            }
        }
        return;
    }
    let rows: Vec<Vec<String>> = table.grid.iter().map(|row| row.iter().map(slot_text).collect()).collect();
    composer.push_table(&rows, table.header_rows);
}

fn slot_text(slot: &CellSlot) -> String {
    let CellSlot::Origin(cell) = slot else { return String::new() };
    let mut inside = Composer::default();
    write_blocks(&mut inside, &cell.blocks);
    inside.finish().text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds_blocks(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| matches!(block, Block::Table(_) | Block::Heading { .. }))
}

fn write_notes(composer: &mut Composer, notes: &[Note]) {
    for note in notes {
        composer.begin_paragraph();
        write_blocks(composer, &note.blocks);
    }
}

fn write_inlines(composer: &mut Composer, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::LineBreak => composer.begin_line(),
            Inline::Link { content, .. } => write_inlines(composer, content),
            Inline::Checkbox(checked) => composer.push_inline(checkbox_text(*checked)),
            other => composer.push_inline(&inlines_to_plain_text(std::slice::from_ref(other))),
        }
    }
}
