//! prompt -> answer, or a refusal if no passage was kept

use assay_domain::port::{AnswerPart, Writer};
use assay_domain::{Answer, AnswerKind, Cancel, Citation, Failure, Prompt};
use futures::stream::StreamExt;

use crate::language::has_han;

/// How writing an answer ended.
pub enum AnswerOutcome {
    /// The whole answer.
    Complete(Answer),
    /// The answer as far as it was written when the user stopped it.
    Stopped(Answer),
    /// The writer failed.
    Failed(Failure),
}

/// Writes the answer and collects its citations; `on` receives the text as it comes. A quote of a
/// passage that the prompt does not have is left out.
pub async fn answer(
    prompt: Prompt,
    writer: &dyn Writer,
    cancel: &Cancel,
    on: &mut (dyn FnMut(&str) + Send),
) -> AnswerOutcome {
    let passages = prompt.passages.clone();
    let mut answer = Answer { text: String::new(), kind: writer.kind(), citations: Vec::new() };
    let mut parts = writer.write(prompt);
    while let Some(part) = parts.next().await {
        match part {
            Ok(AnswerPart::Text(text)) => {
                on(&text);
                answer.text.push_str(&text);
            }
            Ok(AnswerPart::Quote { number, quote }) => {
                let Some(passage) = passages.iter().find(|passage| passage.number == number) else { continue };
                let (chunk, document, page) = (passage.chunk, passage.document, passage.page);
                answer.citations.push(Citation { number, chunk, document, page, quote });
            }
            Err(failure) => return AnswerOutcome::Failed(failure),
        }
        if cancel.is_stopped() {
            return AnswerOutcome::Stopped(answer);
        }
    }
    AnswerOutcome::Complete(answer)
}

/// The answer when nothing passed the threshold, in the question's language. The nearest misses are
/// among the candidates.
pub fn refusal(question: &str, retrieved: usize) -> Answer {
    let text = match (has_han(question), retrieved) {
        (true, 0) => "资料库中没有找到与这个问题相关的内容，因此不作回答。".to_owned(),
        (true, count) => {
            format!(
                "检索到 {count} 个段落，但没有一个达到阈值，因此不作回答。最接近的段落列在下面；如果其中有答案，可以在设置中降低阈值。"
            )
        }
        (false, 0) => "Nothing in the library was found for this question, so there is no answer.".to_owned(),
        (false, count) => format!(
            "{count} passages were found, but none passed the threshold, so there is no answer. \
             The nearest misses are listed below; if one of them holds the answer, lower the threshold in the settings."
        ),
    };
    Answer { text, kind: AnswerKind::Refused, citations: Vec::new() }
}
