//! Reads web pages. html2text renders for terminals (wrapped lines, drawn tables), so only its parser is
//! used. The tree is walked without recursion, because real pages nest thousands of elements deep.

use assay_domain::Page;
use encoding_rs::Encoding;
use html2text::{Document, Element, Handle};

use crate::compose::Composer;
use crate::error::TextError;
use crate::read::plain::{self, Decoded};

mod nesting;
mod node;
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

/// Returns the text that a browser would show as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = decode(bytes)
        .ok_or_else(|| TextError::Unsupported { found: "binary data under the name of a web page".to_owned() })?;
    Ok(vec![plain::with_warning(page(&text)?, warning)])
}

/// Makes a page of the text of a web page.
///
/// # Errors
/// [`TextError::TooLarge`], [`TextError::Damaged`].
pub(crate) fn page(text: &str) -> Result<Page, TextError> {
    nesting::check(text)?;
    let tree = html2text::config::plain()
        .parse_html(text.as_bytes())
        .map_err(|error| TextError::Damaged { format: NAME, cause: error.to_string() })?;
    let mut composer = Composer::default();
    walk(&mut composer, &tree.document);
    Ok(composer.finish())
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

enum Task {
    Enter(Handle, bool),
    EndHeading(u8, usize),
    EndParagraph,
    EndLine,
}

fn walk(composer: &mut Composer, root: &Handle) {
    let mut tasks = vec![Task::Enter(root.clone(), false)];
    while let Some(task) = tasks.pop() {
        match task {
            Task::EndHeading(level, start) => composer.end_heading(level, start),
            Task::EndParagraph => composer.begin_paragraph(),
            Task::EndLine => composer.begin_line(),
            Task::Enter(node, as_written) => enter(composer, &mut tasks, &node, as_written),
        }
    }
}

fn enter(composer: &mut Composer, tasks: &mut Vec<Task>, node: &Handle, as_written: bool) {
    let tag = match &node.data {
        Element { .. } => tag_of(node),
        Document => String::new(),
        _ if as_written => return composer.push_verbatim(&text_of(node)),
        _ => return composer.push_inline(&text_of(node)),
    };
    let tag = tag.as_str();
    if is_hidden(node, tag) {
        return;
    }
    match tag {
        "br" => return composer.begin_line(),
        "img" => return composer.push_inline(&attribute(node, "alt").unwrap_or_default()),
        "table" => {
            if let Some(data) = table::data(node) {
                composer.begin_paragraph();
                composer.push_inline(&data.caption);
                return composer.push_table(&data.rows, data.header_rows);
            }
        }
        _ => {}
    }
    if let Some(level) = heading_level(tag) {
        tasks.push(Task::EndHeading(level, composer.begin_heading()));
    } else if PARAGRAPHS.contains(&tag) {
        composer.begin_paragraph();
        tasks.push(Task::EndParagraph);
    } else if LINES.contains(&tag) {
        composer.begin_line();
        tasks.push(Task::EndLine);
    }
    if tag == "li" {
        composer.push_inline("- ");
    }
    let as_written = as_written || matches!(tag, "pre" | "textarea" | "listing");
    tasks.extend(node.children.borrow().iter().rev().map(|child| Task::Enter(child.clone(), as_written)));
}

fn heading_level(tag: &str) -> Option<u8> {
    let level: u8 = tag.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}
