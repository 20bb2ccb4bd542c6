//! Encoders that stay open between requests. No library is opened for them, so they work beside an open window.

use std::path::PathBuf;
use std::sync::Arc;

use assay_contract::{AUTO_RERANKER, EmbedReply, ModelRow, ModelState, RerankReply, Settings};
use assay_domain::port::TextKind;
use assay_domain::{Failure, LanguagePair, Problem};
use assay_models::open_encoders::{self, BiEncoder, OpenReranker, Speed};
use assay_models::{ModelRegistry, Role, blocking};
use assay_text::tell_language;
use tokio::sync::Mutex;

use super::models::Models;
use super::score::{Text, embed_with, rerank_with};
use crate::model_rows::model_rows;
use crate::settings;

/// Most encoders of one role that stay open.
const OPEN: usize = 3;

/// Characters of each passage by which the language of passages is told.
const SAMPLE: usize = 64;

/// The encoders of a data folder, each opened when it is first needed.
pub struct OpenModels {
    data: PathBuf,
    embedders: Open<BiEncoder>,
    rerankers: Open<OpenReranker>,
}

/// Open encoders, the latest last.
type Open<T> = Mutex<Vec<Kept<T>>>;

/// An open encoder with the settings that it was opened with.
struct Kept<T> {
    name: String,
    speed: Speed,
    encoder: Arc<T>,
}

impl OpenModels {
    /// The encoders that a data folder knows. It need not be a library, and its lock is not taken.
    pub fn of(data: PathBuf) -> Self {
        Self { data, embedders: Mutex::default(), rerankers: Mutex::default() }
    }

    /// The models that are on this machine.
    ///
    /// # Errors
    /// Fails if the registry cannot be opened.
    pub fn list(&self) -> Result<Vec<ModelRow>, Failure> {
        let rows = model_rows(&self.models(&Settings::default()).registry()?);
        Ok(rows.into_iter().filter(|row| row.state != ModelState::NotHere).collect())
    }

    /// Scores texts against a question, in the order of the texts, with an installed cross-encoder: the named one, else
    /// that of the settings, else the one that was measured best on these languages. One model scores all of them.
    ///
    /// # Errors
    /// Fails if the cross-encoder is not installed, cannot be opened or fails.
    pub async fn rerank(
        &self,
        model: Option<&str>,
        question: &str,
        texts: Vec<String>,
    ) -> Result<RerankReply, Failure> {
        let written = self.settings()?;
        let models = self.models(&written);
        let registry = models.registry()?;
        let name = match model {
            Some(name) => installed(&registry, name, Role::Reranker)?,
            None if written.reranker != AUTO_RERANKER => written.reranker,
            None => best(&registry, question, &texts)?,
        };
        let (speed, wanted) = (models.speed(), name.clone());
        let open = move || open_encoders::reranker(&registry, &wanted, speed);
        let reranker = kept(&self.rerankers, (name, speed), open).await?;
        rerank_with(&reranker, question, numbered(texts)).await
    }

    /// Embeds texts, in their order, with an installed bi-encoder: the named one, else that of the settings.
    ///
    /// # Errors
    /// Fails if the bi-encoder is not installed, cannot be opened or fails.
    pub async fn embed(&self, model: Option<&str>, kind: TextKind, texts: Vec<String>) -> Result<EmbedReply, Failure> {
        let written = self.settings()?;
        let models = self.models(&written);
        let registry = models.registry()?;
        let name = match model {
            Some(name) => installed(&registry, name, Role::Embedder)?,
            None => written.embedder,
        };
        let (speed, wanted) = (models.speed(), name.clone());
        let open = move || open_encoders::embedder(&registry, &wanted, speed);
        let embedder = kept(&self.embedders, (name, speed), open).await?;
        embed_with(&embedder, kind, numbered(texts)).await
    }

    /// The settings as they are on the disk now.
    fn settings(&self) -> Result<Settings, Failure> {
        settings::read(&self.data.join("settings.toml"))
    }

    fn models(&self, written: &Settings) -> Models {
        let threads = Some(written.threads as usize).filter(|&threads| threads > 0);
        Models { data: Some(self.data.clone()), threads, precision: written.precision, ..Models::default() }
    }
}

/// The open encoder of this name and speed; opens it if it is not open. It takes the place of one of the same name that
/// was opened with other settings.
async fn kept<T: Send + Sync + 'static>(
    open: &Open<T>,
    (name, speed): (String, Speed),
    opening: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<Arc<T>, Failure> {
    let mut open = open.lock().await;
    if let Some(kept) = open.iter().find(|kept| kept.name == name && kept.speed == speed) {
        return Ok(kept.encoder.clone());
    }
    let encoder = Arc::new(blocking("opening a model", opening).await??);
    open.retain(|kept| kept.name != name);
    if open.len() == OPEN {
        open.remove(0);
    }
    open.push(Kept { name, speed, encoder: encoder.clone() });
    Ok(encoder)
}

/// The name of an installed model. A folder is no name: a request may not choose what is opened on the disk.
fn installed(registry: &ModelRegistry, name: &str, role: Role) -> Result<String, Failure> {
    let here =
        || registry.models().iter().filter(|model| model.role == role && registry.state(model).place().is_some());
    if let Some(model) = here().find(|model| model.name == name) {
        return Ok(model.name.clone());
    }
    let names: Vec<&str> = here().map(|model| model.name.as_str()).collect();
    let message = format!("no {} of the name {name:?} is installed", role.as_str());
    Err(Failure::new(Problem::ModelMissing, message, format!("name one of these, or none: {}", names.join(", "))))
}

/// The installed cross-encoder that was measured best on the languages of a question and of texts.
fn best(registry: &ModelRegistry, question: &str, texts: &[String]) -> Result<String, Failure> {
    let sample: String = texts.iter().flat_map(|text| text.chars().take(SAMPLE).chain([' '])).collect();
    let pair = LanguagePair::of(tell_language(question), tell_language(&sample));
    let missing = || {
        let message = "no reranker is installed of which it was measured what it adds";
        Failure::new(Problem::ModelMissing, message, "name an installed one, or install Assay again")
    };
    open_encoders::best_reranker(registry, pair)?.ok_or_else(missing)
}

fn numbered(texts: Vec<String>) -> Vec<Text> {
    (0..).zip(texts).map(|(number, text): (usize, String)| Text { id: number.to_string(), text }).collect()
}

#[cfg(test)]
mod tests {
    use assay_contract::Precision;
    use assay_domain::port::TextKind;

    use super::OpenModels;

    #[tokio::test]
    async fn an_open_encoder_gives_way_to_one_with_other_settings() {
        let data = tempfile::tempdir().unwrap();
        let models = OpenModels::of(data.path().to_owned());
        let text = || vec!["The pump delivers 40 litres.".to_owned()];
        for (written, wanted) in [("f32", Precision::F32), ("int8", Precision::Int8), ("f32", Precision::F32)] {
            std::fs::write(data.path().join("settings.toml"), format!("precision = \"{written}\"\n")).unwrap();
            let scored = models.rerank(None, "How much does the pump deliver?", text()).await.unwrap();
            let embedded = models.embed(None, TextKind::Passage, text()).await.unwrap();
            assert_eq!((scored.precision, embedded.precision), (wanted, wanted));
        }
        assert_eq!((models.rerankers.lock().await.len(), models.embedders.lock().await.len()), (1, 1));
    }
}
