//! Compaction while the table grows, so that adding the last document of a large library costs
//! what adding the first one did.
//!
//! Every addition is a fragment of its own, and every version names all fragments. Small fragments
//! are merged in steps of size, so a row is rewritten a few times in its life and not each time a
//! neighbour comes.

use lancedb::Table;
use lancedb::table::{CompactionOptions, OptimizeAction};

use crate::error::IndexError;
use crate::table::dataset;

/// Additions between two compactions.
pub const ADDITIONS: usize = 64;

/// Sizes of fragments, from the first number of rows to the second, and how many of one size may stay.
const SIZES: [(usize, usize); 3] = [(0, 2_000), (2_000, 16_000), (16_000, 100_000)];
const FRAGMENTS_OF_A_SIZE: usize = 16;

/// Bounds on memory while all rows of fragments are read. By default Lance reads up to 2 GiB ahead, of as
/// many fragments at once as there are processors.
pub const ROWS_AT_ONCE: usize = 1024;
pub const READ_AHEAD: u64 = 32 << 20;

/// Merges the fragments of a size where there are too many. With `purge`, every fragment that
/// holds removed rows is rewritten.
pub async fn compact(table: &Table, purge: bool) -> Result<(), IndexError> {
    let rows: Vec<usize> =
        dataset(table).await?.fragments().iter().map(|fragment| fragment.physical_rows.unwrap_or(0)).collect();
    let crowded = |(from, to): &&(usize, usize)| {
        rows.iter().filter(|rows| (*from..*to).contains(rows)).count() > FRAGMENTS_OF_A_SIZE
    };
    let target = match SIZES.iter().rev().find(crowded) {
        Some((_, to)) => *to,
        None if purge => SIZES[0].1,
        None => return Ok(()),
    };
    let options = CompactionOptions {
        target_rows_per_fragment: target,
        materialize_deletions_threshold: 0.0,
        num_threads: Some(1),
        batch_size: Some(ROWS_AT_ONCE),
        io_buffer_size: Some(READ_AHEAD),
        ..CompactionOptions::default()
    };
    let compact = OptimizeAction::Compact { options, remap_options: None };
    table.optimize(compact).await.map_err(|error| IndexError::engine("optimizing", error))?;
    Ok(())
}
