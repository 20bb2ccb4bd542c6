//! How many rows a search reads. They are counted once for a version of the table, and a filter's rows once for as long
//! as version and filter stay the same.

use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_domain::port::Filter;
use lance::Dataset;
use lancedb::expr::DfExpr;

use crate::error::IndexError;

/// The counts that are known.
#[derive(Debug, Default)]
pub struct Extent {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    version: u64,
    rows: Option<usize>,
    passing: Option<(Filter, usize)>,
}

impl Extent {
    /// Rows of the table.
    pub async fn rows(&self, dataset: &Dataset) -> Result<usize, IndexError> {
        if let Some(rows) = self.known(dataset).rows {
            return Ok(rows);
        }
        let rows = dataset.count_rows(None).await.map_err(failed)?;
        self.known(dataset).rows = Some(rows);
        Ok(rows)
    }

    /// Rows that pass a filter; `condition` is the filter as an expression.
    pub async fn passing(&self, dataset: &Dataset, filter: &Filter, condition: DfExpr) -> Result<usize, IndexError> {
        if let Some((_, rows)) = self.known(dataset).passing.as_ref().filter(|(counted, _)| counted == filter) {
            return Ok(*rows);
        }
        let mut scanner = dataset.scan();
        scanner.filter_expr(condition).project::<String>(&[]).map_err(failed)?.with_row_id();
        let rows = scanner.count_rows().await.map_err(failed)? as usize;
        self.known(dataset).passing = Some((filter.clone(), rows));
        Ok(rows)
    }

    /// What is known of the dataset's version.
    fn known(&self, dataset: &Dataset) -> MutexGuard<'_, Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let version = dataset.version().version;
        if known.version != version {
            *known = Known { version, ..Known::default() };
        }
        known
    }
}

fn failed(error: lance::Error) -> IndexError {
    IndexError::engine("reading", error.into())
}
