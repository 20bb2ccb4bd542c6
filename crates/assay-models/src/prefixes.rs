//! What a bi-encoder wants before questions and passages: its own folder says it, else the catalogue.

use std::path::Path;

use assay_encoder::{Prefixes, stated_prefixes};

use crate::known::Known;

/// The prefixes of a model in `folder`. A folder that cannot be read says nothing here; opening it reports that.
pub fn of(folder: &Path, known: Option<&Known>) -> Prefixes {
    let row = |prefix: fn(&Known) -> &Option<String>| known.and_then(|known| prefix(known).clone()).unwrap_or_default();
    let listed = Prefixes { query: row(|known| &known.query_prefix), passage: row(|known| &known.passage_prefix) };
    stated_prefixes(folder, listed.clone()).unwrap_or(listed)
}
