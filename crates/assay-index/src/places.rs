//! Where passages stand in the whole order of a retriever.

use assay_domain::ChunkId;
use assay_domain::port::{Filter, Places};

use crate::error::IndexError;
use crate::layout::CHUNK;
use crate::reader::{Reader, Retriever, condition};
use crate::rows;

impl Reader {
    /// The places of chunks among all rows that a retriever finds, by exact search. It reads every vector, or every row
    /// with a word of the query, so it is for one passage that a user asks about and not for a search.
    pub(crate) async fn places(
        &self,
        retriever: &Retriever,
        chunks: &[ChunkId],
        filter: &Filter,
    ) -> Result<Places, IndexError> {
        let _open = self.enter().await?;
        let count = self.rows().await?;
        if count == 0 {
            return Ok(Places::default());
        }
        let (column, score) = retriever.score();
        let mut scores = Vec::new();
        for batch in self.batches(retriever, &CHUNK, count, true, condition(filter)).await? {
            scores.extend(rows::scores(&batch, column, score)?.into_iter().filter(|(_, score)| score.is_finite()));
        }
        Ok(Places::among(&scores, chunks))
    }
}
