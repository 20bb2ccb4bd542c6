//! Runs a query.

use arrow_array::RecordBatch;
use futures::TryStreamExt;
use lancedb::query::ExecutableQuery;

use crate::error::IndexError;

/// The batches of a query.
pub async fn fetch<Q: ExecutableQuery>(query: &Q) -> Result<Vec<RecordBatch>, IndexError> {
    let stream = query.execute().await.map_err(|error| IndexError::engine("searching", error))?;
    stream.try_collect().await.map_err(|error| IndexError::engine("searching", error))
}
