//! Why a passage has its logit: what each sentence adds, and where the model stops reading.

use assay_contract::{ExplainEvent, ExplainReply, ExplainRequest, SentenceRow};
use assay_domain::{Cancel, Failure};
use assay_library::sentences;
use assay_pipeline::explain::{ExplainEvent as WayEvent, explain};

use crate::app::App;
use crate::passage::utf16;

impl App {
    /// Scores the passage once more for every sentence that can be left out. Another explanation
    /// that is still running is stopped.
    pub async fn explain(
        &self,
        request: &ExplainRequest,
        cancel: &Cancel,
        on: &mut (dyn FnMut(ExplainEvent) + Send),
    ) -> Result<ExplainReply, Failure> {
        self.stop_explain();
        let _ticket = self.explanations.ticket(cancel);
        let engines = self.library.engines().await;
        let (passage, _) = self.find_passage(&engines, &request.chunk).await?;
        let reranker = engines.reranker().await?;
        let text = &passage.text;
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
            read_to: reranker.truncated_at(&request.question, text).map(|end| utf16(text, end)),
            sentences: ranges.iter().map(row).collect(),
            stopped: false,
        };
        on(ExplainEvent::Begun { reply: reply.clone() });
        let mut tell = |event: WayEvent| on(take(&mut reply, event));
        let whole = explain(reranker.as_ref(), &request.question, text, &ranges, cancel, &mut tell).await?;
        reply.stopped = !whole;
        Ok(reply)
    }

    /// Stops whatever is being explained.
    pub fn stop_explain(&self) {
        self.explanations.stop_all();
    }
}

fn take(reply: &mut ExplainReply, event: WayEvent) -> ExplainEvent {
    match event {
        WayEvent::Whole(pair) => {
            reply.logit = Some(pair.logit);
            (reply.tokens_read, reply.tokens_total) = (pair.tokens_read, pair.tokens_total);
            let (logit, tokens_read, tokens_total) = (pair.logit, pair.tokens_read, pair.tokens_total);
            ExplainEvent::Whole { logit, tokens_read, tokens_total }
        }
        WayEvent::Without { sentence, logit, change } => {
            if let Some(row) = reply.sentences.get_mut(sentence) {
                (row.logit_without, row.change) = (Some(logit), Some(change));
            }
            ExplainEvent::Sentence { index: sentence as u32, logit_without: logit, change }
        }
    }
}
