//! Columns of the table, the identity in its schema, and the settings of its full-text index.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use assay_domain::port::Metric;
use assay_domain::{IndexIdentity, RowContent};
use lancedb::index::scalar::FtsIndexBuilder;

/// The table's name.
pub const TABLE: &str = "chunks";
/// Column of the vectors.
pub const VECTOR: &str = "vector";
/// Column of the text.
pub const TEXT: &str = "text";
/// Column of the folded words of text and headings.
pub const WORDS: &str = "words";
/// Column of the folded names of file and folder.
pub const NAMES: &str = "names";
/// What a word in a name counts against one in the text, in BM25F. Names are short and chosen to say what a file
/// is about; the fields share one idf, so a word that most names have weighs little.
pub const NAME_WEIGHT: f32 = 2.0;
/// Columns of a chunk's name.
pub const CHUNK: [&str; 2] = ["generation", "ordinal"];
/// Columns of a passage, in the table's order; a search never returns vectors.
pub const PASSAGE: [&str; 10] =
    ["generation", "ordinal", "document", "collection", "page_index", "page", "start", "end", "heading", TEXT];

/// Counts up when the columns or the tokenizer of the full-text index change. An index of layout 1 has no folded
/// words; it answers and grows as it is. One of an unknown layout is filled again like one of another model.
pub const LAYOUT: &str = "2";
const LAYOUT_OF_TEXT_ALONE: &str = "1";
const LAYOUT_KEY: &str = "assay.layout";
const CONTEXT_KEY: &str = "assay.context";
const EMBEDDER_KEY: &str = "assay.embedder";
const METRIC_KEY: &str = "assay.metric";

/// Length of the longest word that is indexed, in bytes: a SHA-512 in hex fits, the base64 of an
/// embedded picture does not.
const WORD_BYTES: usize = 256;
/// Megabytes for building the full-text index, all workers together; Lance's default is 2 GB for each.
const BUILDING_MB: u64 = 128;
const BUILDING_WORKERS: usize = 2;

/// The table's schema for an identity.
pub fn schema(identity: &IndexIdentity) -> SchemaRef {
    let mut metadata: HashMap<String, String> =
        entries(identity).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let layout = if identity.rows == RowContent::TextAlone { LAYOUT_OF_TEXT_ALONE } else { LAYOUT };
    metadata.insert(LAYOUT_KEY.to_owned(), layout.to_owned());
    if identity.rows != RowContent::TextAlone {
        metadata.insert(CONTEXT_KEY.to_owned(), identity.rows.has_context().to_string());
    }
    let mut fields = vec![
        Field::new("generation", DataType::Int64, false),
        Field::new("ordinal", DataType::UInt32, false),
        Field::new("document", DataType::Int64, false),
        Field::new("collection", DataType::Utf8, false),
        Field::new("page_index", DataType::UInt32, false),
        Field::new("page", DataType::UInt32, true),
        Field::new("start", DataType::UInt64, false),
        Field::new("end", DataType::UInt64, false),
        Field::new("heading", DataType::Utf8, true),
        Field::new(TEXT, DataType::Utf8, false),
    ];
    if identity.rows != RowContent::TextAlone {
        fields.extend([WORDS, NAMES].map(|name| Field::new(name, DataType::Utf8, false)));
    }
    fields.push(Field::new(VECTOR, DataType::FixedSizeList(vector_item(), identity.dimension as i32), false));
    Arc::new(Schema::new_with_metadata(fields, metadata))
}

/// Columns that have a full-text index.
pub fn searched(rows: RowContent) -> &'static [&'static str] {
    match rows {
        RowContent::TextAlone => &[TEXT],
        RowContent::Words => &[WORDS],
        RowContent::WordsAndContext => &[WORDS, NAMES],
    }
}

/// Field of one number of a vector.
pub fn vector_item() -> FieldRef {
    Arc::new(Field::new("item", DataType::Float32, true))
}

/// The identity that filled a table; `None` if its layout is another version's.
pub fn filled_by(found: &Schema) -> Option<IndexIdentity> {
    let metadata = found.metadata();
    let rows = match metadata.get(LAYOUT_KEY).map(String::as_str) {
        Some(LAYOUT_OF_TEXT_ALONE) => RowContent::TextAlone,
        Some(LAYOUT) => RowContent::with_context(metadata.get(CONTEXT_KEY).is_some_and(|context| context == "true")),
        _ => return None,
    };
    let text = |key: &str| metadata.get(key).cloned().unwrap_or_default();
    let number = |key: &str| text(key).parse().unwrap_or(0);
    Some(IndexIdentity {
        embedder: text(EMBEDDER_KEY),
        weights: text("assay.weights"),
        dimension: number("assay.dimension"),
        pooling: text("assay.pooling"),
        passage_prefix: text("assay.passage_prefix"),
        query_prefix: text("assay.query_prefix"),
        chunk_tokens: number("assay.chunk_tokens"),
        chunk_overlap: number("assay.chunk_overlap"),
        // Earlier versions compared by the cosine and did not say so.
        metric: Metric::parse(&text(METRIC_KEY)).unwrap_or(Metric::Cosine),
        rows,
    })
}

/// Number of a table's layout as it is written.
pub fn number(found: &Schema) -> String {
    found.metadata().get(LAYOUT_KEY).cloned().unwrap_or_default()
}

/// Name of the bi-encoder that filled a table of any layout.
pub fn embedder(found: &Schema) -> Option<String> {
    found.metadata().get(EMBEDDER_KEY).cloned()
}

/// Settings of the full-text index. Words are found by Unicode segmentation (UAX 29) with a dictionary
/// for Chinese, Japanese, Thai and the like, and split again at apostrophes, dots and underscores, so
/// that `company` finds `company's`. Case and accents of Latin are folded here too, for indexes without folded words.
/// Stemming and stop words are off: both are made for one language,
/// and a library has several. Positions are off: only exact phrases need them.
pub fn full_text() -> FtsIndexBuilder {
    FtsIndexBuilder::default()
        .base_tokenizer("icu/split".to_owned())
        .stem(false)
        .remove_stop_words(false)
        .lower_case(true)
        .ascii_folding(true)
        .max_token_length(Some(WORD_BYTES))
        .with_position(false)
        .memory_limit_mb(BUILDING_MB)
        .num_workers(BUILDING_WORKERS)
}

fn entries(identity: &IndexIdentity) -> [(&'static str, String); 9] {
    [
        (EMBEDDER_KEY, identity.embedder.clone()),
        ("assay.weights", identity.weights.clone()),
        ("assay.dimension", identity.dimension.to_string()),
        ("assay.pooling", identity.pooling.clone()),
        ("assay.passage_prefix", identity.passage_prefix.clone()),
        ("assay.query_prefix", identity.query_prefix.clone()),
        ("assay.chunk_tokens", identity.chunk_tokens.to_string()),
        ("assay.chunk_overlap", identity.chunk_overlap.to_string()),
        (METRIC_KEY, identity.metric.as_str().to_owned()),
    ]
}
