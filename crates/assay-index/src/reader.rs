//! The read side: vector and lexical search.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use assay_domain::port::{Filter, IndexReader, LexicalQuery, Places, Spelling};
use assay_domain::{ChunkId, Failure, GenerationId, Hit, Passage, RowContent};
use futures::future::{BoxFuture, FutureExt};
use lancedb::Table;
use lancedb::expr::{DfExpr, col, lit};
use lancedb::index::scalar::{FtsQuery, FullTextSearchQuery};
use lancedb::query::{Query, QueryBase, Select};
use tokio::sync::RwLockReadGuard;

use crate::error::IndexError;
use crate::extent::Extent;
use crate::fetch::fetch;
use crate::layout::{self, PASSAGE, VECTOR};
use crate::rows;
use crate::table::{IndexTable, dataset};
use crate::{lexical, spelling};

/// Hits fetched beyond the limit, to see whether the last place is shared.
const TIE_MARGIN: usize = 16;
/// Partitions of the vector index that are searched at least: with partitions of some thousand rows these are all up to
/// about a hundred thousand rows. More are searched while hits are lacking.
const PROBES: usize = 32;

/// The read side of the index. Clones share the table.
#[derive(Debug, Clone)]
pub struct Reader {
    table: Table,
    index_table: Arc<IndexTable>,
    extent: Arc<Extent>,
    follows: bool,
}

/// What finds passages, with its query.
pub(crate) enum Retriever {
    Vector(Vec<f32>),
    Lexical(FtsQuery),
}

impl Retriever {
    /// The column of its raw score, and what makes a score of it.
    pub(crate) fn score(&self) -> (&'static str, fn(f32) -> f32) {
        match self {
            Self::Vector(_) => ("_distance", |distance| 1.0 - distance),
            Self::Lexical(_) => ("_score", |score| score),
        }
    }
}

impl Reader {
    /// With `follows`, each search looks for newer versions first, because no writer of this process
    /// moves the handle on.
    pub(crate) fn new(table: Table, index_table: Arc<IndexTable>, follows: bool) -> Self {
        Self { table, index_table, extent: Arc::default(), follows }
    }

    /// The passages of a generation in the document's order.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] if the rows cannot be read.
    pub async fn chunks_of(&self, generation: GenerationId) -> Result<Vec<Passage>, IndexError> {
        let _open = self.enter().await?;
        let query = self.table.query().only_if_expr(col("generation").eq(lit(generation.0)));
        let batches = fetch(&query.select(Select::columns(&PASSAGE))).await?;
        let mut passages = batches.iter().map(rows::passages).collect::<Result<Vec<_>, _>>()?.concat();
        passages.sort_by_key(|passage| passage.chunk.ordinal);
        Ok(passages)
    }

    /// Rows in the index, those of dead generations included.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] if the table cannot be read.
    pub async fn count(&self) -> Result<u64, IndexError> {
        let _open = self.enter().await?;
        Ok(self.extent.rows(dataset(&self.table).await?.as_ref()).await? as u64)
    }

    async fn count_generations(&self) -> Result<Vec<(GenerationId, u64)>, IndexError> {
        let _open = self.enter().await?;
        let batches = fetch(&self.table.query().select(Select::columns(&["generation"]))).await?;
        let mut counts = BTreeMap::new();
        for batch in &batches {
            for generation in rows::generations(batch)? {
                *counts.entry(generation).or_insert(0) += 1;
            }
        }
        Ok(counts.into_iter().collect())
    }

    /// The best hits of a retriever; equal scores are ordered by generation and ordinal. LanceDB cuts
    /// equal scores anywhere, so it is asked for more until the last place is decided.
    async fn best(&self, retriever: Retriever, limit: usize, filter: Filter) -> Result<Vec<Hit>, IndexError> {
        let _open = self.enter().await?;
        let dataset = dataset(&self.table).await?;
        let rows = self.extent.rows(&dataset).await?;
        if limit == 0 || rows == 0 {
            return Ok(Vec::new());
        }
        let condition = condition(&filter);
        let passing = match (&retriever, &condition) {
            (Retriever::Vector(_), Some(condition)) if rows >= self.index_table.scale.vector_index_from => {
                self.extent.passing(&dataset, &filter, condition.clone()).await?
            }
            _ => rows,
        };
        let mut asked = limit.saturating_add(TIE_MARGIN);
        loop {
            let mut hits = self.search(&retriever, asked, condition.clone(), passing).await?;
            let found = hits.len();
            hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.chunk.cmp(&b.passage.chunk)));
            let decided = match (hits.get(limit - 1), hits.last()) {
                (Some(last_place), Some(worst)) => worst.score < last_place.score,
                _ => true,
            };
            if decided || found < asked {
                hits.truncate(limit);
                return Ok(hits);
            }
            asked = asked.saturating_mul(4);
        }
    }

    /// One search. Where few rows pass the condition, every vector of them is compared: the vector index would give the
    /// first partitions' hits for the best ones, and no distance for rows of the others.
    async fn search(
        &self,
        retriever: &Retriever,
        limit: usize,
        condition: Option<DfExpr>,
        passing: usize,
    ) -> Result<Vec<Hit>, IndexError> {
        let exact = passing < self.index_table.scale.vector_index_from || passing <= limit;
        let (column, score) = retriever.score();
        let mut hits = Vec::new();
        for batch in self.batches(retriever, &PASSAGE, limit, exact, condition).await? {
            // A vector of zeros has no direction and its distance is NaN, so it is left out.
            hits.extend(rows::hits(&batch, column, score)?.into_iter().filter(|hit| hit.score.is_finite()));
        }
        Ok(hits)
    }

    /// These columns of the rows that a retriever finds, with its raw score. An exact search uses no vector index.
    pub(crate) async fn batches(
        &self,
        retriever: &Retriever,
        columns: &[&'static str],
        limit: usize,
        exact: bool,
        condition: Option<DfExpr>,
    ) -> Result<Vec<RecordBatch>, IndexError> {
        let mut query = self.table.query().limit(limit).select(with_score(columns, retriever.score().0));
        if let Some(condition) = condition {
            query = query.only_if_expr(condition);
        }
        match retriever {
            Retriever::Vector(vector) => {
                let failed = |error| IndexError::engine("searching", error);
                let nearest = query.nearest_to(vector.as_slice()).map_err(failed)?;
                let nearest = nearest.column(VECTOR).distance_type(self.index_table.distance);
                if exact {
                    fetch(&nearest.bypass_vector_index()).await
                } else {
                    fetch(&nearest.minimum_nprobes(PROBES).map_err(failed)?).await
                }
            }
            Retriever::Lexical(words) => {
                fetch::<Query>(&query.full_text_search(FullTextSearchQuery::new_query(words.clone()))).await
            }
        }
    }

    /// Rows in the table, those of dead generations included.
    pub(crate) async fn rows(&self) -> Result<usize, IndexError> {
        self.extent.rows(dataset(&self.table).await?.as_ref()).await
    }

    fn vector(&self, vector: Vec<f32>) -> Result<Retriever, IndexError> {
        let (expected, found) = (self.index_table.dimension, vector.len());
        if found != expected {
            return Err(IndexError::WrongDimension { expected, found });
        }
        Ok(Retriever::Vector(vector))
    }

    /// A guard to hold while a search runs, so that its files are not deleted meanwhile.
    pub(crate) async fn enter(&self) -> Result<RwLockReadGuard<'_, ()>, IndexError> {
        let open = self.index_table.pruning.read().await;
        if self.follows {
            self.table.checkout_latest().await.map_err(|error| IndexError::engine("reading", error))?;
        }
        Ok(open)
    }
}

impl IndexReader for Reader {
    fn nearest(&self, vector: Vec<f32>, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>> {
        async move { Ok(self.best(self.vector(vector)?, limit, filter).await?) }.boxed()
    }

    fn matching(&self, query: LexicalQuery, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>> {
        async move {
            match lexical::query(query, self.index_table.rows)? {
                Some(query) => Ok(self.best(Retriever::Lexical(query), limit, filter).await?),
                None => Ok(Vec::new()),
            }
        }
        .boxed()
    }

    fn places_by_vector(
        &self,
        vector: Vec<f32>,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>> {
        async move { Ok(self.places(&self.vector(vector)?, &chunks, &filter).await?) }.boxed()
    }

    fn places_by_words(
        &self,
        query: LexicalQuery,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>> {
        async move {
            match lexical::query(query, self.index_table.rows)? {
                Some(query) => Ok(self.places(&Retriever::Lexical(query), &chunks, &filter).await?),
                None => Ok(Places::default()),
            }
        }
        .boxed()
    }

    fn spellings(&self, words: Vec<String>, filter: Filter) -> BoxFuture<'_, Result<Vec<Spelling>, Failure>> {
        async move {
            let _open = self.enter().await?;
            let rows = self.extent.rows(dataset(&self.table).await?.as_ref()).await?;
            if self.index_table.rows == RowContent::TextAlone || rows == 0 {
                return Ok(Vec::new());
            }
            let search = spelling::Search {
                table: &self.table,
                columns: layout::searched(self.index_table.rows),
                condition: condition(&filter),
            };
            Ok(search.spellings(words).await?)
        }
        .boxed()
    }

    fn passages_of(&self, generation: GenerationId) -> BoxFuture<'_, Result<Vec<Passage>, Failure>> {
        async move { Ok(self.chunks_of(generation).await?) }.boxed()
    }

    fn generations(&self) -> BoxFuture<'_, Result<Vec<(GenerationId, u64)>, Failure>> {
        async move { Ok(self.count_generations().await?) }.boxed()
    }
}

/// The filter as an expression and not as SQL, so that a long list needs no parsing. Lance
/// applies it before the limit, so an excluded row never takes another's place.
pub(crate) fn condition(filter: &Filter) -> Option<DfExpr> {
    let listed = |generations: &[GenerationId], negated| {
        col("generation").in_list(generations.iter().map(|generation| lit(generation.0)).collect(), negated)
    };
    let only = filter.only.as_ref().map(|only| match only.as_slice() {
        // No generation has this number; a list may not be empty.
        [] => col("generation").eq(lit(-1_i64)),
        some => listed(some, false),
    });
    let excluded = (!filter.excluded.is_empty()).then(|| listed(&filter.excluded, true));
    let newest = filter.newest.map(|newest| col("generation").lt_eq(lit(newest.0)));
    [only, excluded, newest].into_iter().flatten().reduce(DfExpr::and)
}

fn with_score(columns: &[&'static str], score: &'static str) -> Select {
    Select::columns(&columns.iter().copied().chain([score]).collect::<Vec<_>>())
}
