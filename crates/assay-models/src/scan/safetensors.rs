//! Scans the header of a safetensors file (<https://github.com/huggingface/safetensors#format>), so that a
//! damaged or hostile file is refused with a reason before its weights are mapped.

use std::collections::HashSet;
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The limit of the reference implementation.
const LONGEST_HEADER: u64 = 100_000_000;
const MOST_DIMENSIONS: usize = 8;

/// Checks a header against the length of its file.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(mut source: impl Read, length: u64) -> Result<(), String> {
    let cannot = |error: std::io::Error| format!("it cannot be read ({error})");
    let mut first = [0; 8];
    if length < 8 {
        return Err(format!("it is no safetensors file: it has only {length} bytes"));
    }
    source.read_exact(&mut first).map_err(cannot)?;
    let header = u64::from_le_bytes(first);
    if header > LONGEST_HEADER {
        return Err(format!("it is no safetensors file: its header claims {header} bytes"));
    }
    let Some(weights) = length.checked_sub(8 + header) else {
        return Err(format!("it is cut short: its header claims {header} bytes, but it has {length}"));
    };
    let mut text = vec![0; usize::try_from(header).map_err(|_| "its header is too long")?];
    source.read_exact(&mut text).map_err(cannot)?;
    if text.first() != Some(&b'{') {
        return Err("it is no safetensors file: its header is not JSON".to_owned());
    }
    let Entries(entries) = serde_json::from_slice(&text).map_err(|error| format!("its header is damaged: {error}"))?;
    tensors(entries, weights)
}

fn tensors(entries: Vec<(String, Value)>, weights: u64) -> Result<(), String> {
    let mut names = HashSet::new();
    let mut spans = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        if name == "__metadata__" {
            let texts = entry.as_object().is_some_and(|map| map.values().all(Value::is_string));
            if !texts {
                return Err("its metadata are not texts".to_owned());
            }
            continue;
        }
        let row: Row = serde_json::from_value(entry).map_err(|error| format!("tensor {name:?} is damaged: {error}"))?;
        spans.push((row.span(&name)?, name.clone()));
        if !names.insert(name.clone()) {
            return Err(format!("two of its tensors are called {name:?}"));
        }
    }
    if spans.is_empty() {
        return Err("it holds no weights".to_owned());
    }
    spans.sort_by_key(|((begin, end), _)| (*begin, *end));
    let mut at = 0;
    for ((begin, end), name) in spans {
        if begin != at {
            let how = if begin < at { "overlaps the tensor before it" } else { "leaves a gap before it" };
            return Err(format!("tensor {name:?} {how}"));
        }
        at = end;
    }
    match at {
        end if end > weights => Err(format!("it is cut short: its weights need {end} bytes and {weights} are there")),
        end if end < weights => Err(format!("{} bytes follow its last tensor", weights - end)),
        _ => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl Row {
    /// The tensor's first byte and the byte after its last, if they fit the shape.
    fn span(&self, name: &str) -> Result<(u64, u64), String> {
        let bits = bits(&self.dtype).ok_or_else(|| format!("tensor {name:?} has the unknown type {:?}", self.dtype))?;
        if self.shape.len() > MOST_DIMENSIONS {
            return Err(format!("tensor {name:?} has {} dimensions", self.shape.len()));
        }
        let impossible = || format!("tensor {name:?} has an impossible shape");
        let weights =
            self.shape.iter().try_fold(1u64, |all, extent| all.checked_mul(*extent)).ok_or_else(impossible)?;
        let all = weights.checked_mul(bits).filter(|bits| bits % 8 == 0).ok_or_else(impossible)?;
        let (begin, end) = self.data_offsets;
        if end.checked_sub(begin) != Some(all / 8) {
            return Err(format!(
                "tensor {name:?} has {begin}..{end} as its place, and its shape needs {} bytes",
                all / 8
            ));
        }
        Ok((begin, end))
    }
}

fn bits(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "F4" => 4,
        "F6_E2M3" | "F6_E3M2" => 6,
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" => 8,
        "I16" | "U16" | "F16" | "BF16" => 16,
        "I32" | "U32" | "F32" => 32,
        "I64" | "U64" | "F64" | "C64" => 64,
        _ => return None,
    })
}

/// Names and tensors in the order of the file; a repeated name is kept twice.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Entries;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names and tensors")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
