//! What models were measured to add: `models/measured.toml`.

use std::path::PathBuf;
use std::sync::LazyLock;

use assay_domain::{Language, LanguagePair, Measured};
use serde::Deserialize;

use crate::error::ModelsError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    measured: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    model: String,
    question: String,
    passage: String,
    without: f32,
    with: f32,
    #[serde(default)]
    threshold: Option<f32>,
    #[serde(default)]
    gap: Option<f32>,
    weight: Option<f32>,
}

/// The rows of the file that is built into the program, with their models; parsed once.
static ROWS: LazyLock<Result<Vec<(String, Measured)>, String>> =
    LazyLock::new(|| read(include_str!("../../../models/measured.toml")));

/// What the model of this name was measured to add, by pair of languages; empty if nobody measured it, as
/// for a model that is given by its folder.
///
/// # Errors
/// [`ModelsError::Manifest`] if the file that is built into the program cannot be parsed.
pub fn measured(model: &str) -> Result<Vec<Measured>, ModelsError> {
    let fault =
        |reason: &String| ModelsError::Manifest { path: PathBuf::from("models/measured.toml"), reason: reason.clone() };
    let rows = ROWS.as_ref().map_err(fault)?;
    Ok(rows.iter().filter(|(name, _)| name == model).map(|(_, measured)| *measured).collect())
}

/// Rows, or what is wrong with them.
fn read(text: &str) -> Result<Vec<(String, Measured)>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let row = |row: Row| {
        let language = |code: &str| Language::parse(code).ok_or_else(|| format!("{code:?} is no ISO 639-3 code"));
        let pair = LanguagePair { question: language(&row.question)?, passage: language(&row.passage)? };
        let Row { model, without, with, threshold, gap, weight, .. } = row;
        Ok((model, Measured { pair, without, with, threshold, gap, weight }))
    };
    file.measured.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::{measured, read};
    use crate::known::Catalogue;

    #[test]
    fn every_row_names_a_known_model_once_for_each_pair_with_values_of_their_range() {
        let known = Catalogue::built_in().unwrap().models;
        let rows = read(include_str!("../../../models/measured.toml")).unwrap();
        for (place, (name, row)) in rows.iter().enumerate() {
            assert!(known.iter().any(|model| model.name == *name), "{name}");
            assert!(
                !rows[..place].iter().any(|(other, before)| other == name && before.pair == row.pair),
                "{name} {row:?}"
            );
            let values = [Some(row.without), Some(row.with), row.threshold];
            assert!(values.into_iter().flatten().all(|value| (0.0..=1.0).contains(&value)), "{name} {row:?}");
        }
        assert!(measured("multilingual-e5-small-zh-en").unwrap().iter().all(|row| row.gain() > 0.0));
        assert!(measured("/a/folder").unwrap().is_empty());
    }

    #[test]
    fn a_row_with_an_unknown_code_or_field_is_named() {
        let row = |question: &str| {
            format!(
                "[[measured]]\nmodel = \"m\"\nquestion = \"{question}\"\npassage = \"eng\"\nwithout = 0.1\nwith = 0.2\n"
            )
        };
        assert_eq!(read(&row("eng")).unwrap().len(), 1);
        for (text, wanted) in [(row("english"), "english"), (row("eng") + "kind = 1\n", "kind")] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(wanted), "{error}");
        }
    }
}
