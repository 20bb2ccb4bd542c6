//! Documents as anydoc models them, to pages. It resolves styles, numbering, tracked changes,
//! notes and text boxes; its document model is walked here instead of its Markdown, because
//! escapes and table pipes would stand in the passages that people read.

use anydoc::model::{Block, CellSlot, Inline, List, Note, Table, TableKind, checkbox_text, inlines_to_plain_text};
use anydoc::{ConvertError, Format as Package};
use assay_domain::Page;

use crate::TextError;
use crate::compose::Composer;

/// One page, the whole text: page breaks are made by the program that shows the file.
pub(crate) fn whole(bytes: &[u8], package: Package, name: &'static str) -> Result<Vec<Page>, TextError> {
    let document = anydoc::to_document(bytes, package).map_err(|error| refusal(error, name))?;
    Ok(vec![page(&document.blocks, &document.notes)])
}

/// The page that some blocks and the notes to them make.
pub(crate) fn page(blocks: &[Block], notes: &[Note]) -> Page {
    let mut composer = Composer::default();
    write_blocks(&mut composer, blocks);
    write_notes(&mut composer, notes);
    composer.finish()
}

/// Why anydoc would not read a file.
pub(crate) fn refusal(error: ConvertError, name: &'static str) -> TextError {
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
            composer.paragraph();
            write_inlines(composer, content);
            composer.paragraph();
        }
        Block::List(list) => write_list(composer, list),
        Block::Table(table) => write_table(composer, table),
        Block::BlockQuote(blocks) => write_blocks(composer, blocks),
        Block::CodeBlock { text, .. } => {
            composer.paragraph();
            composer.verbatim(text);
            composer.paragraph();
        }
        Block::Math(formula) => {
            composer.paragraph();
            composer.words(formula);
            composer.paragraph();
        }
        Block::Rule => composer.paragraph(),
    }
}

fn write_list(composer: &mut Composer, list: &List) {
    for (number, item) in (list.start..).zip(&list.items) {
        composer.line();
        let label = item.marker_label.clone().unwrap_or_else(|| list.marker.label(number));
        composer.words(&label);
        composer.words(" ");
        for (place, block) in item.blocks.iter().enumerate() {
            match block {
                Block::Paragraph(content) => {
                    if place > 0 {
                        composer.line();
                    }
                    write_inlines(composer, content);
                }
                other => write_block(composer, other),
            }
        }
        composer.line();
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
    composer.table(&rows, table.header_rows);
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
        composer.paragraph();
        write_blocks(composer, &note.blocks);
    }
}

fn write_inlines(composer: &mut Composer, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::LineBreak => composer.line(),
            Inline::Link { content, .. } => write_inlines(composer, content),
            Inline::Checkbox(checked) => composer.words(checkbox_text(*checked)),
            other => composer.words(&inlines_to_plain_text(std::slice::from_ref(other))),
        }
    }
}
