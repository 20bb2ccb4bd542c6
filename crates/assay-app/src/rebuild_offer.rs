//! The offer of another bi-encoder to a library whose own reads English alone.

use assay_contract::{NoticeFact, NoticeKind, NoticeRow, Settings};
use assay_domain::Failure;
use assay_domain::port::Catalogue;

use crate::app::{App, lock};
use crate::settings;

impl App {
    /// The offer to fill the index with the shipped bi-encoder, while nobody was told of it, where the one of the
    /// settings reads English alone.
    pub(crate) async fn rebuild_offer(&self) -> Option<NoticeRow> {
        let (written, shipped) = (self.settings(), Settings::default().embedder);
        let engines = self.library.engines().await;
        let registry = engines.registry();
        let model = registry.model(&written.embedder).ok().filter(|_| written.rebuild_offer)?;
        let english_alone = !model.languages.is_empty() && model.languages.iter().all(|code| code == "eng");
        let better = registry.model(&shipped).ok()?;
        registry.state(better).place().filter(|_| english_alone)?;
        engines.store().is_empty().ok().filter(|empty| !empty)?;
        Some(NoticeRow {
            kind: NoticeKind::Embedder,
            what: format!(
                "the bi-encoder of this library, {}, reads English alone: questions in Chinese, and questions about \
                 passages in another language, are searched by words only",
                model.name
            ),
            action: format!(
                "to search them by meaning, too, choose {shipped} in the settings (embedder = \"{shipped}\" in \
                 settings.toml) and rebuild the index: assay rebuild, or Rebuild in the window; until then all \
                 answers stay as they are"
            ),
            embedder: Some(shipped),
            fact: Some(NoticeFact::EnglishAlone { model: model.name.clone() }),
            work: None,
        })
    }

    /// Makes no further offer of another bi-encoder: it was said.
    ///
    /// # Errors
    /// Fails if the settings cannot be written.
    pub async fn rebuild_offer_said(&self) -> Result<(), Failure> {
        let path = self.library.engines().await.home().settings();
        settings::set(&path, "rebuild_offer", false)?;
        lock(&self.written).rebuild_offer = false;
        Ok(())
    }
}
