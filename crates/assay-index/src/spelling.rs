//! Words that no row has, and the words of rows that are spelt like them.

use std::collections::{BTreeMap, HashMap};

use assay_domain::port::Spelling;
use futures::future::try_join_all;
use lancedb::Table;
use lancedb::expr::DfExpr;
use lancedb::index::scalar::{FullTextSearchQuery, MatchQuery};
use lancedb::query::{Query, QueryBase, Select};

use crate::error::IndexError;
use crate::fetch::fetch;
use crate::lexical::in_column;
use crate::rows::texts;

/// The shortest word that is corrected, and that corrects.
const SHORTEST: usize = 4;
/// Letters from which on another letter can be a slip; shorter words of one length are often words of their own.
const SUBSTITUTED_FROM: usize = 6;
/// Letters from which on two slips are allowed: with the same letters in another order, and any.
const REORDERED_FROM: usize = 7;
const TWO_SLIPS_FROM: usize = 9;
/// Rows that are read for words spelt alike; they come best first.
const ROWS_READ: usize = 64;
/// Words within two edits that Lance looks up; it counts a swap as two, so short words have many.
const MOST_EXPANSIONS: usize = 200;
/// Most words in place of an unknown one.
const MOST_NEAR: usize = 3;

/// A search for spellings in the columns of words.
pub struct Search<'a> {
    /// The table.
    pub table: &'a Table,
    /// Columns with words.
    pub columns: &'static [&'static str],
    /// Which rows count.
    pub condition: Option<DfExpr>,
}

impl Search<'_> {
    /// The words that no row has, each with those spelt like it.
    pub async fn spellings(&self, words: Vec<String>) -> Result<Vec<Spelling>, IndexError> {
        let known = try_join_all(words.iter().map(|word| self.is_known(word))).await?;
        let unknown = words.into_iter().zip(known).filter(|(_, known)| !known).map(|(word, _)| word);
        try_join_all(unknown.map(|word| self.spelling(word))).await
    }

    async fn is_known(&self, word: &str) -> Result<bool, IndexError> {
        for column in self.columns {
            if !self.rows(in_column(word.to_owned(), column), column, 1).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The nearest words; of those equally near, the most frequent ones. The first letter is taken as right: slips are
    /// rare there (Pollock and Zamora, CACM 1984), and it keeps the search small.
    async fn spelling(&self, word: String) -> Result<Spelling, IndexError> {
        if !(SHORTEST..=Spelling::LONGEST).contains(&word.chars().count()) {
            return Ok(Spelling { word, near: Vec::new() });
        }
        let mut counts: BTreeMap<(usize, String), usize> = BTreeMap::new();
        for column in self.columns {
            let query = in_column(word.clone(), column).with_fuzziness(Some(2)).with_prefix_length(1);
            let query = query.with_max_expansions(MOST_EXPANSIONS);
            let mut seen: HashMap<String, usize> = HashMap::new();
            for row in self.rows(query, column, ROWS_READ).await? {
                for found in row.split(|c: char| !c.is_alphanumeric()) {
                    *seen.entry(found.to_owned()).or_default() += 1;
                }
            }
            for (found, count) in seen {
                if let Some(distance) = slips_between(&word, &found) {
                    *counts.entry((distance, found)).or_default() += count;
                }
            }
        }
        let nearest = counts.keys().next().map_or(0, |(distance, _)| *distance);
        let mut near: Vec<(usize, String)> = counts
            .into_iter()
            .filter(|((distance, _), _)| *distance == nearest)
            .map(|((_, found), count)| (count, found))
            .collect();
        near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        near.truncate(MOST_NEAR);
        Ok(Spelling { word, near: near.into_iter().map(|(_, found)| found).collect() })
    }

    /// The column's text in the best rows of a query.
    async fn rows(&self, query: MatchQuery, column: &'static str, limit: usize) -> Result<Vec<String>, IndexError> {
        let mut search: Query = self.table.query().select(Select::columns(&[column])).limit(limit);
        if let Some(condition) = &self.condition {
            search = search.only_if_expr(condition.clone());
        }
        let batches = fetch(&search.full_text_search(FullTextSearchQuery::new_query(query.into()))).await?;
        let mut found = Vec::new();
        for batch in &batches {
            found.extend(texts(batch, column)?.iter().flatten().map(str::to_owned));
        }
        Ok(found)
    }
}

/// Slips between a word and a known one, if the one can be meant by the other.
fn slips_between(word: &str, known: &str) -> Option<usize> {
    let (letters, of_known) = (word.chars().count(), known.chars().count());
    let distance = distance(word, known);
    let plausible = match distance {
        1 => letters != of_known || letters >= SUBSTITUTED_FROM || is_swap(word, known),
        2 => letters >= TWO_SLIPS_FROM || (letters >= REORDERED_FROM && is_swap(word, known)),
        _ => false,
    };
    (plausible && of_known >= SHORTEST).then_some(distance)
}

/// Whether two words have the same letters.
fn is_swap(one: &str, other: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}

/// Optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours (Damerau, CACM
/// 1964; each place is edited once).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, found) in other.iter().enumerate() {
            let substituted = above[column] + usize::from(letter != found);
            let mut best = substituted.min(above[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0 && column > 0 && one[row - 1] == *found && other[column - 1] == *letter;
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, slips_between};

    #[test]
    fn a_slip_is_told_from_another_word() {
        for (word, known, slips) in [
            ("cofee", "coffee", Some(1)),
            ("desclae", "descale", Some(1)),
            ("bycicle", "bicycle", Some(2)),
            ("seperate", "separate", Some(1)),
            ("accomadatoin", "accomodation", Some(2)),
            ("does", "dogs", None),
            ("many", "may", None),
            ("changed", "charge", None),
            ("pump", "pump", None),
        ] {
            assert_eq!(slips_between(word, known), slips, "{word} {known}");
        }
    }

    #[test]
    fn distances_count_edits_and_swaps() {
        for (one, other, expected) in [
            ("coffee", "coffee", 0),
            ("cofee", "coffee", 1),
            ("desclae", "descale", 1),
            ("bycicle", "bicycle", 2),
            ("padds", "pads", 1),
            ("", "abc", 3),
            ("über", "uber", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }
}
