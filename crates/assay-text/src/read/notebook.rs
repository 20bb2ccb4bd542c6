//! Jupyter notebooks (ipynb): words, code and printed results, under the headings of the words
//! and the numbers of the cells.

use assay_domain::Page;
use serde_json::Value;

use crate::TextError;
use crate::compose::Composer;
use crate::read::plain;

const NAME: &str = "Jupyter notebook";
/// A printed table of thousands of lines says no more than its first.
const MOST_OUTPUT_CHARS: usize = 4_000;

/// Whether a text is the JSON of a notebook.
pub(crate) fn opens_as_notebook(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with('{') && start.contains("\"nbformat\"") && start.contains("\"cells\"")
}

/// One page, the whole notebook.
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
    Ok(vec![plain::doubted(composer.finish(), decoded.doubt)])
}

fn write_cell(composer: &mut Composer, number: u32, cell: &Value) {
    let source = words(cell.get("source"));
    composer.paragraph();
    if cell.get("cell_type").and_then(Value::as_str) == Some("markdown") {
        return write_markdown(composer, &source);
    }
    if source.trim().is_empty() {
        return;
    }
    composer.section(9, &format!("[{number}]"));
    composer.verbatim(source.trim_end());
    for output in cell.get("outputs").and_then(Value::as_array).into_iter().flatten() {
        let printed = output.get("text").or_else(|| output.get("data")?.get("text/plain"));
        let printed: String = words(printed).trim_end().chars().take(MOST_OUTPUT_CHARS).collect();
        if !printed.trim().is_empty() {
            composer.paragraph();
            composer.verbatim(&printed);
        }
    }
    composer.paragraph();
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
                composer.words(title.trim().trim_end_matches('#'));
                composer.end_heading(level as u8, start);
            }
            None if line.trim().is_empty() => composer.paragraph(),
            None => {
                composer.line();
                composer.verbatim(line);
                composer.line();
            }
        }
    }
    composer.paragraph();
}

/// Lines are kept as a list or as one text.
fn words(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(words)) => words.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}
