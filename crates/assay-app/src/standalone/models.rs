//! Models that are opened by name or folder.

use std::path::PathBuf;

use assay_contract::PrecisionChoice;
use assay_domain::{Failure, Problem};
use assay_library::Home;
use assay_models::open_encoders::Speed;
use assay_models::{ModelRegistry, open_encoders};

use crate::settings::precision;

/// Which models are opened, and how they run.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The data folder whose models are known.
    pub data: Option<PathBuf>,
    /// Name or folder of the bi-encoder.
    pub embedder: Option<String>,
    /// Name or folder of the cross-encoder.
    pub reranker: Option<String>,
    /// Threads; one per physical core if absent.
    pub threads: Option<usize>,
    /// Precision of the linear layers.
    pub precision: PrecisionChoice,
}

impl Models {
    fn registry(&self) -> Result<ModelRegistry, Failure> {
        let data = self.data.clone().unwrap_or_else(Home::usual);
        Ok(ModelRegistry::open(data.join("models"))?)
    }

    fn speed(&self) -> Speed {
        Speed { threads: self.threads, precision: precision(self.precision) }
    }

    /// Opens the bi-encoder.
    pub fn open_embedder(&self) -> Result<open_encoders::BiEncoder, Failure> {
        let name = self.embedder.clone().unwrap_or_else(|| assay_contract::Settings::default().embedder);
        open_encoders::embedder(&self.registry()?, &name, self.speed())
    }

    /// Opens the cross-encoder.
    pub fn open_reranker(&self) -> Result<open_encoders::OpenReranker, Failure> {
        let name = self.reranker.clone().unwrap_or_else(|| assay_contract::Settings::default().reranker);
        open_encoders::reranker(&self.registry()?, &name, self.speed())
    }
}

/// An input file that cannot be used.
pub(super) fn bad_input(message: String) -> Failure {
    Failure::new(Problem::BadSetting, message, "see: assay help")
}
