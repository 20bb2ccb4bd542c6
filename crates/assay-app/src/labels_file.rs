//! Judgements from files: CSV or TSV with a header, JSON lines, or a folder in BEIR's format
//! (`corpus.jsonl`, `queries.jsonl`, `qrels/*.tsv`; Thakur et al., NeurIPS 2021).

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, Problem};
use assay_library::{Label, LabelOrigin};
use serde_json::Value;

/// Judgements of a file.
pub struct Found {
    /// Judgements that can be used.
    pub labels: Vec<Label>,
    /// Why lines were left out; the first few reasons.
    pub refused: Vec<String>,
}

/// Most reasons that are reported.
const REPORTED: usize = 20;

/// Largest file that is read, bytes.
const LARGEST: u64 = 256 << 20;

/// Reads a file or a folder.
///
/// # Errors
/// Fails if nothing in it can be used.
pub fn read(path: &Path) -> Result<Found, Failure> {
    if path.is_dir() {
        return beir(path);
    }
    let text = text(path)?;
    let end = path.extension().unwrap_or_default().to_ascii_lowercase();
    let found = if end == "csv" || end == "tsv" {
        from_csv(&text, if end == "tsv" { b'\t' } else { b',' })
    } else {
        from_lines(&text)
    };
    if found.labels.is_empty() {
        let why = found.refused.first().map_or("it holds no line", String::as_str);
        return Err(bad(path, why));
    }
    Ok(found)
}

fn text(path: &Path) -> Result<String, Failure> {
    let fault = |error: std::io::Error| bad(path, &error.to_string());
    if fs::metadata(path).map_err(fault)?.len() > LARGEST {
        return Err(bad(path, "it is larger than 256 MiB"));
    }
    let bytes = fs::read(path).map_err(fault)?;
    String::from_utf8(bytes).map_err(|_| bad(path, "it is not UTF-8 text"))
}

fn bad(path: &Path, why: &str) -> Failure {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let action = "give a CSV file with the columns question and passage (or document), JSON lines with the same names, \
                  or a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv";
    Failure::new(Problem::UnreadableFile, format!("no judgement could be taken from {name}: {why}"), action)
}

/// A judgement from its fields. Each field has several usual names.
fn label(number: u64, field: &dyn Fn(&[&str]) -> Option<String>) -> Result<Label, String> {
    let question = field(&["question", "query", "q"]).ok_or(format!("line {number} has no question"))?;
    let passage = field(&["passage", "text", "answer_passage", "context", "positive"]);
    let name = field(&["document", "file", "name", "doc"]);
    if passage.is_none() && name.is_none() {
        return Err(format!("line {number} names neither a passage nor a document"));
    }
    let number_of = |names: &[&str], what: &str| match field(names) {
        None => Ok(None),
        Some(text) => text.parse::<u32>().map(Some).map_err(|_| format!("line {number}: {what} is {text:?}")),
    };
    let page = number_of(&["page"], "the page")?;
    let grade = number_of(&["grade", "relevance", "label", "score"], "the grade")?.unwrap_or(1);
    Ok(Label { id: 0, question, document: None, name, page, passage, grade, origin: LabelOrigin::Imported })
}

fn collected(rows: impl Iterator<Item = Result<Label, String>>) -> Found {
    let mut found = Found { labels: Vec::new(), refused: Vec::new() };
    for row in rows {
        match row {
            Ok(label) => found.labels.push(label),
            Err(why) if found.refused.len() < REPORTED => found.refused.push(why),
            Err(_) => {}
        }
    }
    found
}

fn from_lines(text: &str) -> Found {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    collected(lines.map(|(number, line)| {
        let value: Value = serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))?;
        label(number, &|names| names.iter().find_map(|name| scalar(value.get(name)?)))
    }))
}

/// A string, number or boolean as text.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => u8::from(*yes).to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Records of a CSV text (RFC 4180) with a header.
fn from_csv(text: &str, delimiter: u8) -> Found {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let columns: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let filled = |record: &csv::StringRecord| record.iter().any(|cell| !cell.trim().is_empty());
    collected(reader.records().filter(|record| record.as_ref().map_or(true, filled)).map(|record| {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        label(line, &|names| {
            let cell = |name: &&str| record.get(columns.iter().position(|known| known == name)?);
            Some(names.iter().find_map(cell)?.trim().to_owned()).filter(|cell| !cell.is_empty())
        })
    }))
}

fn beir(folder: &Path) -> Result<Found, Failure> {
    let named = |file: &str| -> Result<HashMap<String, String>, Failure> {
        let path = folder.join(file);
        let mut rows = HashMap::new();
        for line in text(&path)?.lines().filter(|line| !line.trim().is_empty()) {
            let value: Value = serde_json::from_str(line).map_err(|error| bad(&path, &error.to_string()))?;
            if let (Some(id), Some(text)) = (value.get("_id").and_then(scalar), value.get("text").and_then(scalar)) {
                rows.insert(id, text);
            }
        }
        Ok(rows)
    };
    let (corpus, queries) = (named("corpus.jsonl")?, named("queries.jsonl")?);
    let qrels = qrels(folder)?;
    let lines = text(&qrels)?;
    let rows = (1..).zip(lines.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with("query-id"));
    Ok(collected(rows.map(|(number, line)| {
        let cells: Vec<&str> = line.split('\t').collect();
        let (query, passage, grade) = match cells.as_slice() {
            [query, passage, grade] | [query, _, passage, grade] => (*query, *passage, *grade),
            _ => return Err(format!("line {number} of the judgements has {} columns", cells.len())),
        };
        let question = queries.get(query).ok_or(format!("line {number}: there is no question {query}"))?;
        let text = corpus.get(passage).ok_or(format!("line {number}: there is no passage {passage}"))?;
        label(number, &|names| match names.first() {
            Some(&"question") => Some(question.clone()),
            Some(&"passage") => Some(text.clone()),
            Some(&"grade") => Some(grade.trim().to_owned()),
            _ => None,
        })
    })))
}

fn qrels(folder: &Path) -> Result<PathBuf, Failure> {
    let places = ["qrels/test.tsv", "qrels/dev.tsv", "qrels/train.tsv", "qrels.tsv"];
    let found = places.iter().map(|place| folder.join(place)).find(|path| path.is_file());
    found.ok_or_else(|| bad(folder, "it holds no qrels/test.tsv"))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_format_gives_the_same_judgements_and_reports_bad_lines() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let csv = "\u{feff}Question,Passage,grade\r\n\"When, say, did she die?\",\"She \"\"died\"\"\nin 1938.\",1\r\n,lost,1\r\n何时？,她去世,x\r\n";
        let lines = "{\"question\":\"When, say, did she die?\",\"passage\":\"She \\\"died\\\"\\nin 1938.\"}\n{\"question\":\"q\"}\nno json\n";
        put("beir/corpus.jsonl", "{\"_id\":\"d1\",\"title\":\"\",\"text\":\"She \\\"died\\\"\\nin 1938.\"}\n");
        put("beir/queries.jsonl", "{\"_id\":\"q1\",\"text\":\"When, say, did she die?\"}\n");
        put("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td9\t1\nq7\td1\t1\n");
        let cases = [put("a.csv", csv), put("b.jsonl", lines), folder.path().join("beir")];
        for path in cases {
            let found = read(&path).unwrap();
            assert_eq!(found.labels.len(), 1, "{}", path.display());
            let label = &found.labels[0];
            assert_eq!(label.question, "When, say, did she die?");
            assert_eq!(label.passage.as_deref(), Some("She \"died\"\nin 1938."));
            assert_eq!((label.grade, found.refused.len()), (1, 2), "{:?}", found.refused);
        }
        let by_document = read(&put("c.jsonl", "{\"query\":\"q\",\"file\":\"a.pdf\",\"page\":3,\"grade\":0}")).unwrap();
        let label = &by_document.labels[0];
        assert_eq!((label.name.as_deref(), label.page, label.grade), (Some("a.pdf"), Some(3), 0));
        for (name, text) in [("empty.csv", ""), ("other.csv", "a,b\n1,2\n"), ("x.jsonl", "[]")] {
            let failure = read(&put(name, text)).err().unwrap();
            assert!(failure.message.contains(name) && failure.action.contains("CSV"), "{failure}");
        }
    }
}
