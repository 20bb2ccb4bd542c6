//! A citation opened: the passage in its place on its page.

use assay_contract::PassageView;
use assay_domain::{ChunkId, Failure, Problem};

use crate::desk::Desk;

impl Desk {
    /// The page that a chunk lies on, parted at the chunk.
    pub async fn passage(&self, chunk: &str) -> Result<PassageView, Failure> {
        let gone = || {
            let message = format!("the passage {chunk} is no longer in the library");
            Failure::new(Problem::MissingFile, message, "ask the question again")
        };
        let id = ChunkId::parse(chunk).ok_or_else(gone)?;
        let engines = self.engines.read().await;
        let store = engines.store();
        let live = store.live_generations()?;
        let document = live.into_iter().find(|(generation, ..)| *generation == id.generation).ok_or_else(gone)?.1;
        let passages = engines.index().await?.reader.chunks_of(id.generation).await.map_err(Failure::from)?;
        let passage = passages.into_iter().find(|passage| passage.chunk == id).ok_or_else(gone)?;
        let row = store.document(document)?.ok_or_else(gone)?;
        let page = store.page(document, passage.page_index)?.ok_or_else(gone)?;
        let parted = page.text.get(..passage.range.start).zip(page.text.get(passage.range.end..));
        let (before, after) =
            parted.ok_or_else(|| Failure::bug(format!("the passage {chunk} does not fit its page")))?;
        Ok(PassageView {
            chunk: chunk.to_owned(),
            document: document.0,
            name: row.name,
            page: passage.page,
            pages: row.pages,
            heading: passage.heading,
            before: before.to_owned(),
            after: after.to_owned(),
            text: passage.text,
        })
    }
}
