//! The query of the lexical retriever, by what the rows hold.

use assay_domain::RowContent;
use assay_domain::port::LexicalQuery;
use lancedb::index::scalar::{CombinedFieldsQuery, FtsQuery, MatchQuery};

use crate::error::IndexError;
use crate::layout::{NAME_WEIGHT, NAMES, TEXT, WORDS};

/// The full-text query, `None` if the question has no word. Rows with context are scored by BM25F over both fields
/// as Lance computes it (`combined_fields`, Lucene's `CombinedFieldQuery`): term frequencies and lengths are summed
/// with the fields' weights, so one score covers both and nothing is added to it here.
pub fn query(query: LexicalQuery, rows: RowContent) -> Result<Option<FtsQuery>, IndexError> {
    let words = if rows == RowContent::TextAlone { query.written } else { query.folded };
    if !words.chars().any(char::is_alphanumeric) {
        return Ok(None);
    }
    Ok(Some(match rows {
        RowContent::TextAlone => in_column(words, TEXT).into(),
        RowContent::Words => in_column(words, WORDS).into(),
        RowContent::WordsAndContext => {
            let fields = CombinedFieldsQuery::try_new(words, vec![WORDS.to_owned(), NAMES.to_owned()]);
            let weighted = fields.and_then(|fields| fields.try_with_boosts(vec![1.0, NAME_WEIGHT]));
            weighted.map_err(|error| IndexError::engine("searching", error.into()))?.into()
        }
    }))
}

/// A query for words in one column.
pub fn in_column(words: String, column: &str) -> MatchQuery {
    MatchQuery::new(words).with_column(Some(column.to_owned()))
}
