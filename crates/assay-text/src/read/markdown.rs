//! Reads Markdown, unchanged except for tables, whose rows name their columns; its headings give the
//! heading paths.

use std::collections::BTreeMap;

use assay_domain::Page;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::error::TextError;
use crate::normalize::normalize;
use crate::outline::Outline;
use crate::read::plain::{self, Decoded};
use crate::table::{self, Names, Row};

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = plain::text_of(bytes, "a Markdown file")?;
    let text = with_named_rows(&normalize(&text));
    let headings = headings(&text);
    Ok(vec![plain::page(text, headings, warning)])
}

/// Replaces tables by lines that name their columns, because a chunk of a long table would lack its header.
/// Tables in lists and quotes are kept as written.
pub(crate) fn with_named_rows(text: &str) -> String {
    if !text.contains('|') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut copied, mut depth) = (0, 0_usize);
    let mut rows: Vec<Row> = Vec::new();
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::Item | Tag::BlockQuote(_)) => depth += 1,
            Event::End(TagEnd::Item | TagEnd::BlockQuote(_)) => depth = depth.saturating_sub(1),
            Event::Start(Tag::Table(_)) => rows.clear(),
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push((rows.len() as u32, BTreeMap::new())),
            Event::Start(Tag::TableCell) => {
                let Some((_, cells)) = rows.last_mut() else { continue };
                let column = cells.keys().next_back().map_or(0, |last| last + 1);
                let source = text.get(range).unwrap_or_default().trim_matches(['|', ' ', '\t', '\n']);
                cells.insert(column, source.replace("\\|", "|"));
            }
            Event::End(TagEnd::Table) if depth == 0 => {
                let source = text.get(range.clone()).unwrap_or_default();
                rows.iter_mut().for_each(|(_, cells)| cells.retain(|_, cell| !cell.is_empty()));
                let layout = table::layout(&rows, &[], 1, &Names::default());
                let lines = rows.iter().enumerate().map(|(place, (_, cells))| layout.line(place, cells));
                out.push_str(text.get(copied..range.start).unwrap_or_default());
                out.push_str(&lines.collect::<Vec<_>>().join("\n"));
                copied = range.start + source.trim_end_matches('\n').len();
            }
            _ => {}
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

fn headings(text: &str) -> Vec<(usize, String)> {
    // Without the metadata option, front matter would read as a heading underlined with dashes.
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut outline = Outline::default();
    let mut open: Option<(u8, usize, String)> = None;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => open = Some((level as u8, range.start, String::new())),
            Event::End(TagEnd::Heading(_)) => {
                if let Some((level, start, title)) = open.take() {
                    outline.enter(level, &title, start);
                }
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, _, title)) = &mut open {
                    title.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, _, title)) = &mut open {
                    title.push(' ');
                }
            }
            _ => {}
        }
    }
    outline.finish()
}
