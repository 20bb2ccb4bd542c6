//! Models without a library: `rerank`, `embed`, `measure` and `bench` of the terminal.

mod models;
mod score;
mod open;
mod measure;
mod bench;
mod scale;

pub use bench::{BenchOptions, bench_embed, bench_query, bench_rerank};
pub use measure::{MeasureInput, MeasureOptions, measure};
pub use models::Models;
pub use open::OpenModels;
pub use scale::{ScaleOptions, bench_scale};
pub use score::{Text, embed, read_lines, rerank};
