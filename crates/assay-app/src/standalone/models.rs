//! Models that are opened by name or folder.

use std::path::PathBuf;
use std::sync::Arc;

use assay_contract::{AUTO_RERANKER, PrecisionChoice};
use assay_domain::port::{Reranker, Writer};
use assay_domain::{Failure, LanguagePair, Problem};
use assay_library::{Home, OpenedReranker, Rerankers, open_language_model};
use assay_models::open_encoders::Speed;
use assay_models::{ModelRegistry, measured, open_encoders};
use assay_text::tell_language;

use crate::settings::precision;

/// Most tokens that a measured writer writes at once.
const MOST_TOKENS: usize = 256;

/// Which models are opened, and how they run.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The data folder whose models are known.
    pub data: Option<PathBuf>,
    /// Name or folder of the bi-encoder.
    pub embedder: Option<String>,
    /// Name or folder of the cross-encoder; the one that was measured best if absent.
    pub reranker: Option<String>,
    /// Name or GGUF file of the language model; only drafted orders need one.
    pub writer: Option<String>,
    /// Threads; one per physical core if absent.
    pub threads: Option<usize>,
    /// Precision of the linear layers.
    pub precision: PrecisionChoice,
}

impl Models {
    pub(super) fn registry(&self) -> Result<ModelRegistry, Failure> {
        let data = self.data.clone().unwrap_or_else(Home::usual);
        Ok(ModelRegistry::open(data.join("models"))?)
    }

    pub(super) fn speed(&self) -> Speed {
        Speed { threads: self.threads, precision: precision(self.precision) }
    }

    /// Opens the bi-encoder.
    pub fn open_embedder(&self) -> Result<open_encoders::BiEncoder, Failure> {
        let name = self.embedder.clone().unwrap_or_else(|| assay_contract::Settings::default().embedder);
        open_encoders::embedder(&self.registry()?, &name, self.speed())
    }

    /// Opens the cross-encoder: the one that is named, else the one that was measured best on the languages of this
    /// question and passage.
    pub fn open_reranker(&self, question: &str, passage: &str) -> Result<open_encoders::OpenReranker, Failure> {
        let (registry, pair) = (self.registry()?, LanguagePair::of(tell_language(question), tell_language(passage)));
        let best = || open_encoders::best_reranker(&registry, pair);
        let name = self.named().map_or_else(best, |name| Ok(Some(name.to_owned())))?;
        let missing = || bad_input("no reranker that was measured is installed; name one with --model".into());
        open_encoders::reranker(&registry, &name.ok_or_else(missing)?, self.speed())
    }

    /// Opens the cross-encoders: the one that is named, else all that were measured best on some pair of languages.
    pub fn open_rerankers(&self) -> Result<Rerankers, Failure> {
        let (registry, speed) = (self.registry()?, self.speed());
        let open = |name: &str| {
            let opened = open_encoders::reranker(&registry, name, speed);
            opened.map(|opened| Arc::new(opened) as Arc<dyn Reranker>)
        };
        if let Some(name) = self.named() {
            return Rerankers::named(name, Ok(open(name)?));
        }
        let names = open_encoders::best_rerankers(&registry, None)?.into_iter();
        let all = names.map(|name| Ok(OpenedReranker { reranker: Ok(open(&name)?), measured: measured(&name)? }));
        Ok(Rerankers::Measured(all.collect::<Result<_, Failure>>()?))
    }

    /// Opens the language model that is named; it writes short texts alone.
    pub(super) async fn open_writer(&self) -> Result<Arc<dyn Writer>, Failure> {
        let missing = || bad_input("drafted orders need a language model; name one with --writer".into());
        let name = self.writer.as_deref().ok_or_else(missing)?;
        let program = std::env::current_exe();
        let program = program.map_err(|error| Failure::bug(format!("this program has no path: {error}")))?;
        open_language_model(program, (&self.registry()?, name), MOST_TOKENS, self.threads).await
    }

    fn named(&self) -> Option<&str> {
        self.reranker.as_deref().filter(|name| *name != AUTO_RERANKER)
    }
}

/// An input file that cannot be used.
pub(super) fn bad_input(message: String) -> Failure {
    Failure::new(Problem::BadSetting, message, "see: assay help")
}
