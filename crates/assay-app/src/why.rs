//! Why a passage was not found.

use assay_contract::call::OtherModels;
use assay_contract::{AskOptions, AskRequest, WhyReply, WhyRequest};
use assay_domain::{Cancel, DocumentId, Failure};
use assay_pipeline::why::{Sought, why};

use crate::answering::{Opened, Variant};
use crate::app::App;
use crate::convert;

impl App {
    /// Follows a text through the stages of a question: where it stands at each, and where it was cut. The question gets
    /// no answer, and no conversation keeps it.
    ///
    /// # Errors
    /// As [`App::ask`]; also if the text has no words or is too long.
    pub async fn why(&self, request: &WhyRequest, models: &OtherModels, cancel: &Cancel) -> Result<WhyReply, Failure> {
        let ticket = self.questions.ticket(cancel);
        let cancel = ticket.button();
        let asked = AskRequest {
            question: request.question.clone(),
            collection: request.collection.clone(),
            scope: request.scope.clone(),
            rerank: request.rerank,
            keep: request.keep,
            retrieve: request.retrieve,
            ..AskRequest::default()
        };
        let question = self.question(&asked, AskOptions { no_answer: true, ..AskOptions::default() })?;
        let engines = self.library.engines().await;
        let (rerankers, second) = self.cross_encoders(&engines, models, &question.text).await?;
        let variant = Variant { rerankers, second, cache: engines.score_cache() };
        let opened = Opened::open(&engines, variant).await?;
        let sought = Sought { text: &request.text, document: request.document.map(DocumentId) };
        let report = why(&opened.pipeline(), &question, sought, cancel).await?;
        Ok(convert::why::reply(request, report))
    }
}
