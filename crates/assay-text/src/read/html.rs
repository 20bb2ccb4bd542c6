//! Reads web pages. html2text renders for terminals (wrapped lines, drawn tables), so only its parser is
//! used. The tree is walked without recursion, because real pages nest thousands of elements deep.

use assay_domain::Page;
use encoding_rs::Encoding;
use html2text::{Document, Element, Handle};

use crate::compose::Composer;
use crate::error::TextError;
use crate::read::links;
use crate::read::plain::{self, Decoded};

mod nesting;
mod node;
mod furniture;
mod anchors;
mod table;

use node::{attribute, is_hidden, tag_of, text_of};

const NAME: &str = "HTML";
/// Where browsers look for the encoding (WHATWG HTML, section 13.2.3.2).
const DECLARATION_WINDOW: usize = 1024;
const PARAGRAPHS: [&str; 12] =
    ["p", "blockquote", "pre", "ul", "ol", "dl", "table", "figure", "article", "section", "hr", "details"];
const LINES: [&str; 22] = [
    "div",
    "li",
    "dt",
    "dd",
    "tr",
    "td",
    "th",
    "caption",
    "figcaption",
    "address",
    "main",
    "header",
    "footer",
    "nav",
    "aside",
    "form",
    "fieldset",
    "legend",
    "summary",
    "option",
    "body",
    "center",
];

/// Maximum number of listed links.
const MOST_LISTED: usize = 200;
/// Headings of what follows the main content; they are not part of the text.
const LINKS: &str = "Links";
const FURNITURE: &str = "Menus and footer";

/// Returns the text that a browser would show as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = decode(bytes)
        .ok_or_else(|| TextError::Unsupported { found: "binary data under the name of a web page".to_owned() })?;
    Ok(vec![plain::with_warning(page(&text)?, warning)])
}

/// Makes a page of the text of a web page: the main content first, then menus and footers.
///
/// # Errors
/// [`TextError::TooLarge`], [`TextError::Damaged`].
pub(crate) fn page(text: &str) -> Result<Page, TextError> {
    nesting::check(text)?;
    let tree = html2text::config::plain()
        .parse_html(text.as_bytes())
        .map_err(|error| TextError::Damaged { format: NAME, cause: error.to_string() })?;
    let inline_links = !anchors::are_dense(&tree.document);
    let mut walk = Walk { furniture: Some(Vec::new()), inline_links, ..Walk::default() };
    walk.walk(&tree.document);
    Ok(walk.finish())
}

/// Decodes as UTF-8 if valid, else as the page declares, else as the detector guesses.
pub(crate) fn decode(bytes: &[u8]) -> Option<Decoded> {
    if Encoding::for_bom(bytes).is_none()
        && std::str::from_utf8(bytes).is_err()
        && let Some(encoding) = declared(bytes)
    {
        return Some(Decoded::with_replacements(encoding.decode_without_bom_handling(bytes).0.into_owned()));
    }
    plain::decode(bytes).ok()
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let window = bytes.get(..DECLARATION_WINDOW).unwrap_or(bytes);
    let start = String::from_utf8_lossy(window).to_ascii_lowercase();
    let value = ["charset=", "encoding="].iter().find_map(|key| start.split_once(key))?.1;
    let label: String = value
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        .collect();
    Encoding::for_label(label.as_bytes())
}

/// A pending task of the walk through the tree.
enum Task {
    Enter(Handle, Place),
    EndHeading(u8, usize),
    EndParagraph,
    EndLine,
    EndLink(String, usize),
}

/// The surroundings of an element.
#[derive(Clone, Copy, Default)]
struct Place {
    /// White space is kept.
    verbatim: bool,
    /// Inside of the page's main element or an article.
    main: bool,
}

/// A walk through the tree of a page.
#[derive(Default)]
struct Walk {
    composer: Composer,
    tasks: Vec<Task>,
    /// Menus, side bars and footers, which follow the main content. `None` while they are written.
    furniture: Option<Vec<Handle>>,
    /// Whether the addresses of links are added to the text rather than to a list at its end.
    inline_links: bool,
    links: Vec<String>,
}

impl Walk {
    fn walk(&mut self, root: &Handle) {
        self.tasks.push(Task::Enter(root.clone(), Place::default()));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::EndHeading(level, start) => self.composer.end_heading(level, start),
                Task::EndParagraph => self.composer.begin_paragraph(),
                Task::EndLine => self.composer.begin_line(),
                Task::EndLink(address, start) => self.end_link(&address, start),
                Task::Enter(node, place) => self.enter(&node, place),
            }
        }
    }

    fn enter(&mut self, node: &Handle, mut place: Place) {
        let composer = &mut self.composer;
        let tag = match &node.data {
            Element { .. } => tag_of(node),
            Document => String::new(),
            _ if place.verbatim => return composer.push_verbatim(&text_of(node)),
            _ => return composer.push_inline(&text_of(node)),
        };
        let tag = tag.as_str();
        if is_hidden(node, tag) {
            return;
        }
        if let Some(furniture) = &mut self.furniture
            && furniture::is_furniture(node, tag, place.main)
        {
            return furniture.push(node.clone());
        }
        match tag {
            "br" => return composer.begin_line(),
            "img" => return composer.push_inline(&attribute(node, "alt").unwrap_or_default()),
            "table" => {
                if let Some(data) = table::data(node) {
                    composer.begin_paragraph();
                    composer.push_inline(&data.caption);
                    return composer.push_table(data.rows, &data.spans, &data.layout);
                }
            }
            "a" => {
                if let Some(address) = anchors::address(node).filter(|_| self.furniture.is_some()) {
                    self.tasks.push(Task::EndLink(address, composer.position()));
                }
            }
            _ => {}
        }
        if let Some(level) = heading_level(tag) {
            self.tasks.push(Task::EndHeading(level, composer.begin_heading()));
        } else if PARAGRAPHS.contains(&tag) {
            composer.begin_paragraph();
            self.tasks.push(Task::EndParagraph);
        } else if LINES.contains(&tag) {
            composer.begin_line();
            self.tasks.push(Task::EndLine);
        }
        if tag == "li" {
            composer.push_inline("- ");
        }
        place.verbatim |= matches!(tag, "pre" | "textarea" | "listing");
        place.main |= matches!(tag, "main" | "article");
        self.tasks.extend(node.children.borrow().iter().rev().map(|child| Task::Enter(child.clone(), place)));
    }

    /// Keeps the address of a link whose text does not contain it.
    fn end_link(&mut self, address: &str, start: usize) {
        if self.inline_links {
            return links::push_address(&mut self.composer, start, address);
        }
        let text = self.composer.text_from(start).trim();
        if !text.is_empty() && !links::contains_address(text, address) && self.links.len() < MOST_LISTED {
            self.links.push(format!("{text}: {address}"));
        }
    }

    /// Adds what follows the main content: the list of links, and menus and footers under a heading.
    fn finish(mut self) -> Page {
        if !self.links.is_empty() {
            self.composer.begin_paragraph();
            self.composer.begin_section(1, LINKS);
            for link in std::mem::take(&mut self.links) {
                self.composer.begin_line();
                self.composer.push_inline(&link);
            }
            self.composer.begin_paragraph();
        }
        let furniture = self.furniture.take().unwrap_or_default();
        if !furniture.is_empty() {
            self.composer.begin_paragraph();
            self.composer.begin_section(1, FURNITURE);
            for node in &furniture {
                self.walk(node);
                self.composer.begin_paragraph();
            }
        }
        self.composer.finish()
    }
}

fn heading_level(tag: &str) -> Option<u8> {
    let level: u8 = tag.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}
