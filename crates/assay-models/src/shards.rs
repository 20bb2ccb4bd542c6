//! Shards: weights in several files, and the index that names them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The shards that `model.safetensors.index.json` names; none if there is no index.
pub fn shards(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("model.safetensors.index.json")).unwrap_or_default();
    let index: Option<Index> = serde_json::from_str(&text).ok();
    let mut shards: Vec<String> = index.into_iter().flat_map(|index| index.weight_map.into_values()).collect();
    shards.sort();
    shards.dedup();
    // A shard lies in the folder itself; other paths are ignored.
    shards.retain(|shard| !shard.contains(['/', '\\']) && shard.ends_with(".safetensors"));
    shards
}
