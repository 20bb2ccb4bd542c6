//! Verification of a generation: it is committed only after its rows were read back from the index.
//! A generation that differs fails its own file, and the earlier one stays searchable.

use assay_domain::port::{IndexWriter, Sampled};
use assay_domain::{EmbeddedChunk, Failure, GenerationId, Problem};

/// Cosine similarity of a stored vector to itself, less what rounding takes.
const SAME_VECTOR: f32 = 0.999;
/// Most hits that a search for a sampled chunk returns ([`Sampled::nearest`]).
const MOST_HITS: usize = 8;

/// The rows sent to the index, as far as verification needs them.
pub(crate) struct SentRows {
    /// Their generation.
    pub generation: GenerationId,
    /// How many there are.
    pub rows: u64,
    /// Ordinal, text and vector of the first row, of one further on, and of the last.
    sample: Vec<(u32, String, Vec<f32>)>,
}

impl SentRows {
    /// No rows yet.
    pub(crate) fn new(generation: GenerationId) -> Self {
        Self { generation, rows: 0, sample: Vec::new() }
    }

    /// Counts rows that were sent.
    pub(crate) fn add(&mut self, rows: &[EmbeddedChunk]) {
        let Some(last) = rows.len().checked_sub(1) else { return };
        let places = if self.rows == 0 { vec![0, rows.len() / 2, last] } else { vec![last] };
        if self.rows > 0 {
            self.sample.truncate(2);
        }
        let sampled = places.into_iter().map(|place| &rows[place]);
        self.sample.extend(sampled.map(|row| (row.chunk.ordinal, row.chunk.text.clone(), row.vector.clone())));
        self.sample.dedup_by_key(|(ordinal, ..)| *ordinal);
        self.rows += rows.len() as u64;
    }
}

/// Reads a generation back and compares: as many rows as were sent, and the sampled chunks with
/// their own text and found by their own vectors.
///
/// # Errors
/// [`Problem::NotReadBack`] with the difference; otherwise what the index reports.
pub(crate) async fn verify(index: &dyn IndexWriter, sent: SentRows) -> Result<(), Failure> {
    if sent.rows == 0 {
        return Ok(());
    }
    let sample = sent.sample.iter().map(|(ordinal, _, vector)| (*ordinal, vector.clone())).collect();
    let back = index.read_back(sent.generation, sample).await?;
    if back.rows != sent.rows {
        return Err(differs(format!("{} chunks were written to the index and {} came back", sent.rows, back.rows)));
    }
    for ((ordinal, text, vector), found) in sent.sample.iter().zip(&back.sampled) {
        if found.text.as_ref() != Some(text) {
            return Err(differs(format!("the text of chunk {ordinal} did not come back from the index as written")));
        }
        // A vector of zeros has no direction, so no search finds it.
        if vector.iter().any(|number| *number != 0.0) && !finds_itself(*ordinal, found) {
            return Err(differs(format!("chunk {ordinal} is not found by its own vector")));
        }
    }
    Ok(())
}

/// Where a full result list has equal vectors only, the chunk itself may be beyond its end.
fn finds_itself(ordinal: u32, found: &Sampled) -> bool {
    let near = |similarity: f32| similarity >= SAME_VECTOR;
    let itself = found.nearest.iter().any(|(place, similarity)| *place == ordinal && near(*similarity));
    itself || (found.nearest.len() >= MOST_HITS && found.nearest.iter().all(|(_, similarity)| near(*similarity)))
}

fn differs(what: String) -> Failure {
    Failure::new(
        Problem::NotReadBack,
        what,
        "an earlier version of the file stays searchable: try it again, and check the disk if it happens again",
    )
}
