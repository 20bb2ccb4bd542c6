//! Converts anydoc's document model to pages. anydoc resolves styles, numbering, tracked changes,
//! notes and text boxes. Its model is used instead of its Markdown output, whose escapes and table pipes
//! would stand in the passages.

use std::collections::BTreeMap;

use anydoc::model::{
    Block, Cell, CellSlot, Inline, LinkTarget, List, Note, NoteKind, Table, TableKind, checkbox_text,
    inlines_to_plain_text,
};
use anydoc::{ConvertError, Format as Package};
use assay_domain::Page;

use crate::compose::Composer;
use crate::error::TextError;
use crate::read::links;
use crate::table::{self, Names, Row, Span};

/// Returns the whole text as one page; page breaks only exist in the program that shows the file.
pub(crate) fn whole(bytes: &[u8], package: Package, name: &'static str) -> Result<Vec<Page>, TextError> {
    Ok(vec![composed(bytes, package, name)?.finish()])
}

/// Composes the whole text, to which more can be added.
pub(crate) fn composed(bytes: &[u8], package: Package, name: &'static str) -> Result<Composer, TextError> {
    let document = anydoc::to_document(bytes, package).map_err(|error| text_error(error, name))?;
    let mut composer = Composer::default();
    write_blocks(&mut composer, &document.blocks);
    write_notes(&mut composer, &document.notes);
    Ok(composer)
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

/// Adds the blocks of a slide. anydoc puts the speaker notes into a quote.
pub(crate) fn write_slide(composer: &mut Composer, blocks: &[Block]) {
    for block in blocks {
        if matches!(block, Block::BlockQuote(_)) {
            composer.begin_paragraph();
            composer.push_inline("Speaker notes:");
            composer.begin_paragraph();
        }
        write_block(composer, block);
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
    let mut spans = Vec::new();
    let rows: Vec<Row> = (0..).zip(&table.grid).map(|(number, slots)| row(number, slots, &mut spans)).collect();
    let names = Names::default();
    let detected = table::layout(&rows, &spans, 0, &names);
    // anydoc reports one header row also where it only guesses, so what it reports counts if nothing is found.
    let layout = match table.header_rows {
        0 => detected,
        1 if detected.form || detected.body > detected.titles => detected,
        declared => table::layout(&rows, &spans, declared, &names),
    };
    composer.push_table(rows, &spans, &layout);
}

fn row(number: u32, slots: &[CellSlot], spans: &mut Vec<Span>) -> Row {
    let mut cells = BTreeMap::new();
    for (column, slot) in (0..).zip(slots) {
        let CellSlot::Origin(cell) = slot else { continue };
        let (down, across) = (cell.row_span.max(1) - 1, cell.col_span.max(1) - 1);
        if down > 0 || across > 0 {
            let (bottom, right) = (number.saturating_add(down), u32::saturating_add(column, across));
            spans.push(Span { top: number, left: column, bottom, right });
        }
        let text = cell_text(cell);
        if !text.is_empty() {
            cells.insert(column, text);
        }
    }
    (number, cells)
}

fn cell_text(cell: &Cell) -> String {
    let mut inside = Composer::default();
    write_blocks(&mut inside, &cell.blocks);
    inside.finish().text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds_blocks(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| matches!(block, Block::Table(_) | Block::Heading { .. }))
}

fn write_notes(composer: &mut Composer, notes: &[Note]) {
    let (mut footnotes, mut endnotes) = (0, 0);
    for (place, note) in notes.iter().enumerate() {
        composer.begin_paragraph();
        if place == 0 {
            composer.begin_section(1, "Notes");
        }
        let (label, number) = match note.kind {
            NoteKind::Footnote => ("Footnote", &mut footnotes),
            NoteKind::Endnote => ("Endnote", &mut endnotes),
        };
        *number += 1;
        composer.push_inline(&format!("{label} {number}: "));
        for (place, block) in note.blocks.iter().enumerate() {
            match block {
                Block::Paragraph(content) if place == 0 => write_inlines(composer, content),
                block => write_block(composer, block),
            }
        }
    }
}

fn write_inlines(composer: &mut Composer, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::LineBreak => composer.begin_line(),
            Inline::Link { content, target } => {
                let start = composer.position();
                write_inlines(composer, content);
                if let LinkTarget::External(address) = target
                    && let Some(address) = links::shown(address)
                {
                    links::push_address(composer, start, address);
                }
            }
            Inline::Checkbox(checked) => composer.push_inline(checkbox_text(*checked)),
            other => composer.push_inline(&inlines_to_plain_text(std::slice::from_ref(other))),
        }
    }
}
