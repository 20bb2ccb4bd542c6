//! A reading counts only once it was read back: nothing that did not reach the index is called
//! searchable, and the reading before goes on answering.

use assay_domain::port::{IndexWriter, Sampled};
use assay_domain::{EmbeddedChunk, Failure, GenerationId, Problem};

/// A vector that was stored as it was sent is this similar to itself; the rest is rounding.
const ITSELF: f32 = 0.999;
/// As many hits as a search for a sampled chunk brings at most.
const TWINS: usize = 8;

/// Chunks that were sent, to be compared with what the index gives back.
pub(crate) struct Sent {
    /// Their reading.
    pub generation: GenerationId,
    /// How many there are.
    pub rows: u64,
    /// The first one, one further on, and the last.
    sample: Vec<(u32, String, Vec<f32>)>,
}

impl Sent {
    /// None yet.
    pub(crate) fn new(generation: GenerationId) -> Self {
        Self { generation, rows: 0, sample: Vec::new() }
    }

    /// These, too.
    pub(crate) fn and(&mut self, rows: &[EmbeddedChunk]) {
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

/// Reads the generation back: as many rows as chunks, and the sampled chunks with their own text
/// and found by their own vectors.
///
/// # Errors
/// [`Problem::NotReadBack`] with what differs.
pub(crate) async fn verify(index: &dyn IndexWriter, sent: Sent) -> Result<(), Failure> {
    if sent.rows == 0 {
        return Ok(());
    }
    let asked = sent.sample.iter().map(|(ordinal, _, vector)| (*ordinal, vector.clone())).collect();
    let back = index.read_back(sent.generation, asked).await?;
    if back.rows != sent.rows {
        return Err(differs(format!("{} chunks were written to the index and {} came back", sent.rows, back.rows)));
    }
    for ((ordinal, text, vector), found) in sent.sample.iter().zip(&back.sampled) {
        if found.text.as_ref() != Some(text) {
            return Err(differs(format!("the text of chunk {ordinal} did not come back from the index as written")));
        }
        // A vector of zeros has no direction: no search finds it.
        if vector.iter().any(|number| *number != 0.0) && !finds_itself(*ordinal, found) {
            return Err(differs(format!("chunk {ordinal} is not found by its own vector")));
        }
    }
    Ok(())
}

/// Among more twins than a search returns, any of them will do.
fn finds_itself(ordinal: u32, found: &Sampled) -> bool {
    let near = |similarity: f32| similarity >= ITSELF;
    let itself = found.nearest.iter().any(|(place, similarity)| *place == ordinal && near(*similarity));
    itself || (found.nearest.len() >= TWINS && found.nearest.iter().all(|(_, similarity)| near(*similarity)))
}

fn differs(what: String) -> Failure {
    Failure::new(
        Problem::NotReadBack,
        what,
        "an earlier reading of the file still answers: try it again, and look at the disk if it happens again",
    )
}
