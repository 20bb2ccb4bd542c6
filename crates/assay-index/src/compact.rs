//! Keeping the table's files few while it grows, so that the last document of a large library
//! costs what the first one did.
//!
//! Every addition is a fragment of its own, and every version names all fragments. So small ones
//! are put together, in steps: a row is written again a few times in its life and not each time a
//! neighbour comes.

use lancedb::Table;
use lancedb::table::{CompactionOptions, OptimizeAction};

use crate::IndexError;
use crate::writer::dataset;

/// Additions between two looks at the fragments.
pub const ADDITIONS: usize = 64;

/// Fragments of one size, from the first number of rows to the second, that are put up with.
const PUT_UP_WITH: usize = 16;
const SIZES: [(usize, usize); 3] = [(0, 2_000), (2_000, 16_000), (16_000, 100_000)];

/// What is held of fragments while all of their rows are read. Left to itself, the engine holds them
/// whole: it reads up to 2 GiB ahead, for as many of them at once as there are processors.
pub const ROWS_AT_ONCE: usize = 1024;
pub const READ_AHEAD: u64 = 32 << 20;

/// Puts fragments of a size together where there are too many. After a removal, every fragment
/// that holds removed rows is written anew.
pub async fn compact(table: &Table, purge: bool) -> Result<(), IndexError> {
    let rows: Vec<usize> =
        dataset(table).await?.fragments().iter().map(|fragment| fragment.physical_rows.unwrap_or(0)).collect();
    let crowded =
        |(from, to): &&(usize, usize)| rows.iter().filter(|rows| (*from..*to).contains(rows)).count() > PUT_UP_WITH;
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
    table.optimize(compact).await.map_err(|error| IndexError::engine("settling", error))?;
    Ok(())
}
