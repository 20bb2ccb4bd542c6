//! What a bi-encoder wants before questions and passages: its own folder says it, else the catalogue.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assay_encoder::Prefixes;
use serde::Deserialize;

use crate::known::Known;

/// The part of `config_sentence_transformers.json` with the prompts.
#[derive(Default, Deserialize)]
struct Prompts {
    #[serde(default)]
    prompts: BTreeMap<String, String>,
}

impl Prompts {
    /// The first prompt of these kinds that is not empty: sentence-transformers writes an empty one for a
    /// model that was saved without any.
    fn stated(&self, kinds: &[&str]) -> Option<String> {
        kinds.iter().find_map(|kind| self.prompts.get(*kind)).filter(|prompt| !prompt.is_empty()).cloned()
    }
}

/// The prefixes of a model in `folder`. A file that cannot be read says nothing here; the encoder reports it.
pub fn of(folder: &Path, known: Option<&Known>) -> Prefixes {
    let text = fs::read_to_string(folder.join("config_sentence_transformers.json")).unwrap_or_default();
    let file: Prompts = serde_json::from_str(&text).unwrap_or_default();
    let row = |prefix: fn(&Known) -> &Option<String>| known.and_then(|known| prefix(known).clone());
    let query = file.stated(&["query"]).or_else(|| row(|known| &known.query_prefix));
    let passage = file.stated(&["document", "passage"]).or_else(|| row(|known| &known.passage_prefix));
    Prefixes { query: query.unwrap_or_default(), passage: passage.unwrap_or_default() }
}
