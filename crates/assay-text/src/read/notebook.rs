//! Reads Jupyter notebooks (ipynb): text, code and printed output, under the headings of the text and
//! the numbers of the cells.

use assay_domain::Page;
use serde_json::Value;

use crate::compose::Composer;
use crate::error::TextError;
use crate::read::{markdown, plain};

const NAME: &str = "Jupyter notebook";
/// Printed output beyond this is left out.
const MOST_OUTPUT_CHARS: usize = 4_000;

/// Whether a text looks like the JSON of a notebook.
pub(crate) fn opens_as_notebook(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with('{') && start.contains("\"nbformat\"") && start.contains("\"cells\"")
}

/// Returns the whole notebook as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let damaged = |cause: String| TextError::Damaged { format: NAME, cause };
    let decoded = plain::decode(bytes).map_err(|plain::NotText| damaged("it is not text".to_owned()))?;
    let text = decoded.text.trim_start_matches('\u{FEFF}');
    let notebook: Value = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    let cells = notebook.get("cells").and_then(Value::as_array).ok_or_else(|| damaged("it has no cells".to_owned()))?;
    let mut composer = Composer::default();
    for (number, cell) in (1..).zip(cells) {
        write_cell(&mut composer, number, cell);
    }
    Ok(vec![plain::with_warning(composer.finish(), decoded.warning)])
}

fn write_cell(composer: &mut Composer, number: u32, cell: &Value) {
    let source = multiline(cell.get("source"));
    composer.begin_paragraph();
    if cell.get("cell_type").and_then(Value::as_str) == Some("markdown") {
        return write_markdown(composer, &markdown::with_named_rows(&source));
    }
    if source.trim().is_empty() {
        return;
    }
    composer.begin_section(9, &format!("[{number}]"));
    composer.push_verbatim(source.trim_end());
    for output in cell.get("outputs").and_then(Value::as_array).into_iter().flatten() {
        let printed = output.get("text").or_else(|| output.get("data")?.get("text/plain"));
        let printed: String = multiline(printed).trim_end().chars().take(MOST_OUTPUT_CHARS).collect();
        if !printed.trim().is_empty() {
            composer.begin_paragraph();
            composer.push_verbatim(&printed);
        }
    }
    composer.begin_paragraph();
}

fn write_markdown(composer: &mut Composer, source: &str) {
    let mut fenced = false;
    for line in source.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let title = line.get(level..).and_then(|rest| rest.strip_prefix(' '));
        match title.filter(|_| !fenced && (1..=6).contains(&level)) {
            Some(title) => {
                let start = composer.begin_heading();
                composer.push_inline(title.trim().trim_end_matches('#'));
                composer.end_heading(level as u8, start);
            }
            None if line.trim().is_empty() => composer.begin_paragraph(),
            None => {
                composer.begin_line();
                composer.push_verbatim(line);
                composer.begin_line();
            }
        }
    }
    composer.begin_paragraph();
}

/// Returns a multi-line string, which is stored as one string or as a list of lines.
fn multiline(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}
