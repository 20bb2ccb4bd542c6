//! Explanations of a logit: what each sentence of the passage adds, and where the model stops reading.

use assay_contract::call::OtherModels;
use assay_contract::{ExplainEvent, ExplainReply, ExplainRequest, SentenceRow};
use assay_domain::port::Reranker;
use assay_domain::{Cancel, Failure, LanguagePair};
use assay_library::sentences;
use assay_pipeline::cached_scorer::{context_of, in_context};
use assay_pipeline::explain::{ExplainEvent as PipelineEvent, explain};
use assay_text::tell_language;

use assay_text::simplified;

use crate::app::App;
use crate::passage::utf16;

impl App {
    /// Scores the passage once for every sentence that can be left out (leave-one-out). Another
    /// explanation that is still running is stopped.
    ///
    /// # Errors
    /// Fails if the passage is not in the library, or no cross-encoder can be opened.
    pub async fn explain(
        &self,
        request: &ExplainRequest,
        models: &OtherModels,
        cancel: &Cancel,
        on: &mut (dyn FnMut(ExplainEvent) + Send),
    ) -> Result<ExplainReply, Failure> {
        self.stop_explain();
        let ticket = self.explanations.ticket(cancel);
        let cancel = ticket.button();
        let engines = self.library.engines().await;
        let (passage, document) = self.find_passage(&engines, &request.chunk).await?;
        let text = &passage.text;
        let pair = LanguagePair::of(tell_language(&request.question), tell_language(text));
        let reranker = self.cross_encoder(&engines, models, pair).await?;
        let context = match self.settings().context {
            true => context_of(reranker.as_ref(), &document.context(passage.heading.as_deref()), text),
            false => String::new(),
        };
        let ranges = sentences(text);
        let row = |range: &std::ops::Range<usize>| SentenceRow {
            start: utf16(text, range.start),
            end: utf16(text, range.end),
            logit_without: None,
            change: None,
        };
        let mut reply = ExplainReply {
            model: reranker.identity().name.clone(),
            logit: None,
            tokens_read: 0,
            tokens_total: 0,
            read_to: read_to(reranker.as_ref(), &request.question, &context, text),
            sentences: ranges.iter().map(row).collect(),
            stopped: false,
        };
        on(ExplainEvent::Begun { reply: reply.clone() });
        let mut forward = |event: PipelineEvent| on(record(&mut reply, event));
        let whole =
            explain(reranker.as_ref(), &request.question, (&context, text), &ranges, cancel, &mut forward).await?;
        reply.stopped = !whole;
        Ok(reply)
    }

    /// Stops the explanation that is running.
    pub fn stop_explain(&self) {
        self.explanations.stop_all();
    }
}

/// Where in the passage the model stops reading, in UTF-16 units; `None` if it reads all of it after its context. The
/// model reads simplified characters, of which there are as many as in the text.
fn read_to(reranker: &dyn Reranker, question: &str, context: &str, text: &str) -> Option<u32> {
    let read = simplified(text);
    let whole = in_context(context, &read);
    let end = reranker.truncated_at(&simplified(question), &whole)?.saturating_sub(whole.len() - read.len());
    let characters = read.get(..end).unwrap_or(&read).chars().count();
    let byte = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    Some(utf16(text, byte))
}

/// Records an event in the reply, and converts it.
fn record(reply: &mut ExplainReply, event: PipelineEvent) -> ExplainEvent {
    match event {
        PipelineEvent::Whole(pair) => {
            reply.logit = Some(pair.logit);
            (reply.tokens_read, reply.tokens_total) = (pair.tokens_read, pair.tokens_total);
            let (logit, tokens_read, tokens_total) = (pair.logit, pair.tokens_read, pair.tokens_total);
            ExplainEvent::Whole { logit, tokens_read, tokens_total }
        }
        PipelineEvent::Without { sentence, logit, change } => {
            if let Some(row) = reply.sentences.get_mut(sentence) {
                (row.logit_without, row.change) = (Some(logit), Some(change));
            }
            ExplainEvent::Sentence { index: sentence as u32, logit_without: logit, change }
        }
    }
}
