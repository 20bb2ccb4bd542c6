//! Web pages. html2text's own rendering is made for terminals (wrapped lines, drawn tables),
//! so only its parser is used and the tree is walked here, without recursion: real pages nest
//! thousands of elements deep.

use assay_domain::Page;
use encoding_rs::Encoding;
use html2text::{Comment, Document, Element, Handle};

use crate::TextError;
use crate::compose::Composer;
use crate::read::plain::{self, Decoded};

mod nesting;
mod table;

const NAME: &str = "HTML";
/// Where browsers look for the encoding (WHATWG HTML, section 13.2.3.2).
const DECLARATION_WINDOW: usize = 1024;
const UNSEEN: [&str; 18] = [
    "head", "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "canvas", "audio", "video",
    "datalist", "select", "map", "frameset", "rp", "title",
];
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

/// One page, the whole text that a browser would show.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, doubt } = decode(bytes)
        .ok_or_else(|| TextError::Unsupported { found: "binary data under the name of a web page".to_owned() })?;
    Ok(vec![plain::doubted(page(&text)?, doubt)])
}

/// The page that a web page makes.
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

/// UTF-8 if it is valid, else as the page declares, else as the detector guesses.
pub(crate) fn decode(bytes: &[u8]) -> Option<Decoded> {
    if Encoding::for_bom(bytes).is_none()
        && std::str::from_utf8(bytes).is_err()
        && let Some(encoding) = declared(bytes)
    {
        return Some(Decoded::with_gaps(encoding.decode_without_bom_handling(bytes).0.into_owned()));
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

enum Step {
    Enter(Handle, bool),
    EndHeading(u8, usize),
    EndParagraph,
    EndLine,
}

fn walk(composer: &mut Composer, root: &Handle) {
    let mut steps = vec![Step::Enter(root.clone(), false)];
    while let Some(step) = steps.pop() {
        match step {
            Step::EndHeading(level, start) => composer.end_heading(level, start),
            Step::EndParagraph => composer.paragraph(),
            Step::EndLine => composer.line(),
            Step::Enter(node, as_written) => enter(composer, &mut steps, &node, as_written),
        }
    }
}

fn enter(composer: &mut Composer, steps: &mut Vec<Step>, node: &Handle, as_written: bool) {
    let tag = match &node.data {
        Element { .. } => tag_of(node),
        Document => String::new(),
        _ if as_written => return composer.verbatim(&words_of(node)),
        _ => return composer.words(&words_of(node)),
    };
    let tag = tag.as_str();
    if UNSEEN.contains(&tag) || is_hidden(node) {
        return;
    }
    match tag {
        "br" => return composer.line(),
        "img" => return composer.words(&attribute(node, "alt").unwrap_or_default()),
        "table" => {
            if let Some(data) = table::data(node) {
                composer.paragraph();
                composer.words(&data.caption);
                return composer.table(&data.rows, data.header_rows);
            }
        }
        _ => {}
    }
    if let Some(level) = heading_level(tag) {
        steps.push(Step::EndHeading(level, composer.begin_heading()));
    } else if PARAGRAPHS.contains(&tag) {
        composer.paragraph();
        steps.push(Step::EndParagraph);
    } else if LINES.contains(&tag) {
        composer.line();
        steps.push(Step::EndLine);
    }
    if tag == "li" {
        composer.words("- ");
    }
    let as_written = as_written || matches!(tag, "pre" | "textarea" | "listing");
    steps.extend(node.children.borrow().iter().rev().map(|child| Step::Enter(child.clone(), as_written)));
}

fn heading_level(tag: &str) -> Option<u8> {
    let level: u8 = tag.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// The words of a text node, nothing for any other. html2text keeps the type of text nodes
/// to itself, so the text is taken as HTML, whose four escapes are undone.
fn words_of(node: &Handle) -> String {
    let mut html = Vec::new();
    if matches!(node.data, Element { .. } | Document | Comment { .. }) || node.serialize(&mut html).is_err() {
        return String::new();
    }
    let html = String::from_utf8_lossy(&html);
    if html.starts_with('<') {
        return String::new(); // a declaration
    }
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{A0}").replace("&amp;", "&")
}

fn tag_of(node: &Handle) -> String {
    match &node.data {
        Element { name, .. } => name.local.to_string(),
        _ => String::new(),
    }
}

fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|attribute| &*attribute.name.local == wanted).map(|found| found.value.to_string())
}

/// What a browser would not show is not read either: it is where traps for readers are laid.
fn is_hidden(node: &Handle) -> bool {
    let style = attribute(node, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    attribute(node, "hidden").is_some() || style.contains("display:none") || style.contains("visibility:hidden")
}
