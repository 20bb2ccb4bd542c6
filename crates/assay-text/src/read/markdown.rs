//! Reads Markdown, unchanged; its headings give the heading paths.

use assay_domain::Page;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::error::TextError;
use crate::normalize::normalize;
use crate::outline::Outline;
use crate::read::plain::{self, Decoded};

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = plain::text_of(bytes, "a Markdown file")?;
    let text = normalize(&text);
    let headings = headings(&text);
    Ok(vec![plain::page(text, headings, warning)])
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
