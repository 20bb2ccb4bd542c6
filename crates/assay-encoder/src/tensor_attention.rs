//! Attention over the sequences of a packed batch, in groups that are padded to the same length.
//!
//! Sequences are grouped from the longest to the shortest. A group ends where more than a fifth of it would be padding,
//! or where its scores would be more than [`MOST_SCORES`]; a sequence whose scores alone are more is computed some
//! queries at a time. So the memory of attention is bounded whatever is in a batch: 31 short sequences and one of 8,192
//! tokens, padded together, would need 137 GB for 16 heads.

use candle_core::{DType, Device, Result, Tensor};

use crate::batch::Batch;

/// Most scores that are in memory at once: 256 MiB in f32.
const MOST_SCORES: usize = 64 << 20;

// Added to the scores of padding: large enough that its weight is zero, and far from infinity.
const MASKED: f32 = -1e4;

/// The groups of a batch.
pub(crate) struct Groups {
    groups: Vec<Group>,
    /// For each token its row among those of all groups; `None` where they are in order already.
    places: Option<Tensor>,
}

struct Group {
    sequences: usize,
    longest: usize,
    /// Rows of the batch, `[sequences * longest]`; padding repeats a sequence's first row. `None` for the whole batch.
    rows: Option<Tensor>,
    /// What is added to the scores, `[sequences, 1, 1, longest]`; `None` where every key counts.
    mask: Option<Tensor>,
    /// Queries computed at once.
    queries: usize,
}

/// The sequences of a group.
#[derive(Debug, PartialEq, Eq)]
struct Planned {
    sequences: Vec<usize>,
    longest: usize,
    queries: usize,
}

/// Groups of sequences of these lengths.
fn plan(lengths: &[usize], heads: usize) -> Vec<Planned> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(lengths[*index]));
    let mut groups: Vec<Planned> = Vec::new();
    let mut tokens = 0;
    for index in order {
        let length = lengths[index];
        if let Some(group) = groups.last_mut() {
            let slots = (group.sequences.len() + 1) * group.longest;
            if slots * heads * group.longest <= MOST_SCORES && 4 * slots <= 5 * (tokens + length) {
                group.sequences.push(index);
                tokens += length;
                continue;
            }
        }
        let queries = (MOST_SCORES / (heads * length).max(1)).clamp(1, length.max(1));
        groups.push(Planned { sequences: vec![index], longest: length, queries });
        tokens = length;
    }
    groups
}

impl Groups {
    /// Plans attention over a batch. With `attended`, all tokens of a sequence attend only to so many from its front.
    pub fn of(batch: &Batch, heads: usize, attended: Option<usize>, device: &Device) -> Result<Self> {
        let spans: Vec<_> = batch.spans().collect();
        let lengths: Vec<usize> = spans.iter().map(|span| span.len()).collect();
        let planned = plan(&lengths, heads);
        let mut places = vec![0u32; batch.tokens()];
        let mut behind = 0;
        let mut groups = Vec::with_capacity(planned.len());
        for Planned { sequences, longest, queries } in planned {
            let (mut rows, mut mask) = (Vec::new(), Vec::new());
            for index in &sequences {
                let span = spans[*index].clone();
                for (place, row) in span.clone().enumerate() {
                    places[row] = (behind + rows.len() + place) as u32;
                }
                let seen = attended.unwrap_or(span.len()).min(span.len());
                mask.extend((0..longest).map(|place| if place < seen { 0.0 } else { MASKED }));
                rows.extend(span.clone().map(|row| row as u32));
                rows.resize(rows.len() + longest - span.len(), span.start as u32);
            }
            behind += rows.len();
            let count = sequences.len();
            let all = mask.iter().all(|added| *added == 0.0);
            let in_place = rows.len() == batch.tokens() && rows.iter().enumerate().all(|(a, b)| a as u32 == *b);
            groups.push(Group {
                sequences: count,
                longest,
                rows: if in_place { None } else { Some(Tensor::new(rows.as_slice(), device)?) },
                mask: if all { None } else { Some(Tensor::from_vec(mask, (count, 1, 1, longest), device)?) },
                queries,
            });
        }
        let in_place = places.iter().enumerate().all(|(a, b)| a as u32 == *b);
        let places = if in_place { None } else { Some(Tensor::new(places.as_slice(), device)?) };
        Ok(Self { groups, places })
    }

    /// The context of each token, `[tokens, hidden]`, from its query, key and value, `[tokens, 3 * hidden]`.
    pub fn attend(&self, projected: &Tensor, heads: usize) -> Result<Tensor> {
        let contexts = self.groups.iter().map(|group| group.attend(projected, heads)).collect::<Result<Vec<_>>>()?;
        let all = if contexts.len() == 1 { contexts[0].clone() } else { Tensor::cat(&contexts, 0)? };
        match &self.places {
            Some(places) => all.index_select(places, 0),
            None => Ok(all),
        }
    }
}

impl Group {
    /// The context of the group's slots, `[sequences * longest, hidden]`.
    fn attend(&self, projected: &Tensor, heads: usize) -> Result<Tensor> {
        let (sequences, length) = (self.sequences, self.longest);
        let rows = match &self.rows {
            Some(rows) => projected.index_select(rows, 0)?,
            None => projected.clone(),
        };
        let hidden = rows.dim(1)? / 3;
        let width = hidden / heads;
        let part = |part: usize| {
            let part = rows.narrow(1, part * hidden, hidden)?.contiguous()?;
            part.reshape((sequences, length, heads, width))?.transpose(1, 2)?.contiguous()
        };
        // Scaled before the product, so that f16 does not overflow in it.
        let query = (part(0)? * (1.0 / (width as f64).sqrt()))?;
        let (key, value) = (part(1)?.t()?, part(2)?);
        let mut contexts = Vec::new();
        for start in (0..length).step_by(self.queries) {
            let query = query.narrow(2, start, self.queries.min(length - start))?.contiguous()?;
            let scores = query.matmul(&key)?.to_dtype(DType::F32)?;
            let scores = match &self.mask {
                Some(mask) => scores.broadcast_add(mask)?,
                None => scores,
            };
            let weights = candle_nn::ops::softmax_last_dim(&scores)?.to_dtype(value.dtype())?;
            contexts.push(weights.matmul(&value)?);
        }
        let context = if contexts.len() == 1 { contexts.remove(0) } else { Tensor::cat(&contexts, 2)? };
        context.transpose(1, 2)?.contiguous()?.reshape((sequences * length, hidden))
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_SCORES, plan};

    #[test]
    fn groups_have_little_padding_and_bounded_scores() {
        let mut one_huge = vec![20; 31];
        one_huge.push(8192);
        let mixed: Vec<usize> = (0..200).map(|n| 1 + n * 37 % 512).collect();
        for lengths in [one_huge, mixed, vec![512; 200], vec![1], vec![8192; 3], Vec::new()] {
            for heads in [12, 16] {
                let groups = plan(&lengths, heads);
                let mut found: Vec<usize> = groups.iter().flat_map(|group| group.sequences.clone()).collect();
                found.sort_unstable();
                assert!(found.into_iter().eq(0..lengths.len()), "each sequence is in one group");
                for group in &groups {
                    let count = group.sequences.len();
                    let scores = count * heads * group.queries * group.longest;
                    assert!(scores <= MOST_SCORES, "{scores} scores at once");
                    assert!(count == 1 || group.queries == group.longest);
                    let real: usize = group.sequences.iter().map(|index| lengths[*index]).sum();
                    assert!(4 * count * group.longest <= 5 * real, "{real} of {} slots", count * group.longest);
                }
            }
        }
        assert_eq!(plan(&[512; 60], 12).len(), 3, "21 sequences of 512 have 64 Mi scores in 12 heads");
    }
}
