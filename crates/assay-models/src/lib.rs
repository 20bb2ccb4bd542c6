//! Models: the registry with its downloads, scans and imports; hosted rerankers; and encoders opened by
//! name, on a graphics card where one serves.

pub mod address;
mod error;
mod blocking;
mod family;
mod known;
mod measured;
mod manifest;
mod scan;
mod shards;
mod install;
pub mod machine;
mod network;
mod pull;
mod import;
mod verdicts;
mod registry;
pub mod hosted;
mod prefixes;
pub mod open_encoders;
mod placement;
#[cfg(test)]
mod tests;

pub use blocking::blocking;
pub use error::ModelsError;
pub use family::{Family, Obstacle};
pub use import::ImportMode;
pub use known::{Known, KnownFile, Mirror, Pair, Role};
pub use manifest::sha256;
pub use measured::measured;
pub use network::Network;
pub use placement::{Placed, accelerator, place_reranker};
pub use pull::{Phase, Progress, PullOptions};
pub use registry::{ModelRegistry, State};
pub use verdicts::FiledVerdicts;
