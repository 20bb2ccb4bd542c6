//! The table of tensors: each must begin where the one before it ends, and lie inside the file.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::cursor::{Cursor, Scan};

/// Reads `count` rows of the table and checks them against the length of the file.
pub(super) fn check(cursor: &mut Cursor<impl Read + Seek>, count: u64, alignment: u64) -> Scan<()> {
    if count == 0 {
        return Err("it holds no weights".to_owned());
    }
    let mut names = HashSet::new();
    let (mut padded_end, mut end) = (0u64, 0u64);
    for _ in 0..count {
        let name = cursor.string(63, "a tensor name")?;
        let bytes = size(cursor, &name)?;
        let offset = cursor.u64()?;
        if offset != padded_end {
            return Err(format!("the weights of {name} do not begin where the ones before them end"));
        }
        let too_large = || format!("{name} claims {bytes} bytes");
        end = offset.checked_add(bytes).ok_or_else(too_large)?;
        padded_end = end.checked_next_multiple_of(alignment).ok_or_else(too_large)?;
        if !names.insert(name) {
            return Err("two of its tensors have the same name".to_owned());
        }
    }
    let start = cursor.at().checked_next_multiple_of(alignment).unwrap_or(u64::MAX);
    let wanted = start.saturating_add(end);
    if wanted > cursor.length {
        let length = cursor.length;
        return Err(format!("it is cut short: its weights end at byte {wanted}, but it has {length} bytes"));
    }
    Ok(())
}

/// Bytes of the tensor whose shape and type come next.
fn size(cursor: &mut Cursor<impl Read + Seek>, name: &str) -> Scan<u64> {
    let dimensions = cursor.u32()?;
    if dimensions > 4 {
        return Err(format!("{name} has {dimensions} dimensions"));
    }
    let (mut row, mut elements) = (1, 1u64);
    for place in 0..dimensions {
        let extent = cursor.u64()?;
        if place == 0 {
            row = extent;
        }
        elements = elements
            .checked_mul(extent)
            .filter(|all| i64::try_from(*all).is_ok() && *all > 0)
            .ok_or_else(|| format!("{name} has an impossible shape"))?;
    }
    let kind = cursor.u32()?;
    let (block, bytes) = block(kind).ok_or_else(|| format!("{name} has the unknown weight type {kind}"))?;
    if row % block != 0 {
        return Err(format!("the rows of {name} have {row} weights, which is no multiple of {block}"));
    }
    (elements / block).checked_mul(bytes).ok_or_else(|| format!("{name} has an impossible shape"))
}

/// Weights and bytes of a block of each type, as in ggml-common.h of the vendored llama.cpp.
fn block(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 | 26 => (1, 4),
        1 | 25 | 30 => (1, 2),
        24 => (1, 1),
        27 | 28 => (1, 8),
        2 | 20 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        9 => (32, 36),
        10 => (256, 84),
        11 | 21 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        15 => (256, 292),
        16 | 35 => (256, 66),
        17 => (256, 74),
        18 => (256, 98),
        19 => (256, 50),
        22 => (256, 82),
        23 => (256, 136),
        29 => (256, 56),
        34 => (256, 54),
        39 => (32, 17),
        40 => (64, 36),
        41 => (128, 18),
        42 => (64, 18),
        _ => return None,
    })
}
