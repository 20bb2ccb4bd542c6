//! prompt -> answer, or a refusal if no passage was kept

use assay_domain::port::{AnswerPart, Writer};
use assay_domain::{Answer, AnswerKind, AnswerSentence, Cancel, Citation, Failure, Prompt};
use futures::stream::StreamExt;

use crate::language::has_han;

/// How writing an answer ended.
pub enum AnswerOutcome {
    /// The whole answer.
    Complete(Answer),
    /// The answer up to the limit of its length.
    Cut(Answer),
    /// The answer as far as it was written when the user stopped it.
    Stopped(Answer),
    /// The writer failed.
    Failed(Failure),
}

/// What a writer wrote just now.
pub enum Written<'a> {
    /// More of the answer.
    Text(&'a str),
    /// More of what it writes to itself before the answer.
    Thinking(&'a str),
}

/// Writes the answer and collects its citations; `on` receives text and thinking as they come. A quote
/// of a passage that the prompt does not have is left out.
pub async fn answer(
    prompt: Prompt,
    writer: &dyn Writer,
    cancel: &Cancel,
    on: &mut (dyn FnMut(Written<'_>) + Send),
) -> AnswerOutcome {
    let passages = prompt.passages.clone();
    let mut answer = Answer::of(writer.kind(), "");
    let mut cut = false;
    let mut parts = writer.write(prompt);
    while let Some(part) = parts.next().await {
        match part {
            Ok(AnswerPart::Text(text)) => {
                on(Written::Text(&text));
                answer.text.push_str(&text);
            }
            Ok(AnswerPart::Thinking(text)) => {
                on(Written::Thinking(&text));
                answer.thinking.push_str(&text);
            }
            Ok(AnswerPart::Unknown(number)) => answer.unknown.push(number),
            Ok(AnswerPart::Sentence { range, cites }) => {
                answer.sentences.push(AnswerSentence { range, cites, check: None });
            }
            Ok(AnswerPart::Cut) => cut = true,
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
    if cut { AnswerOutcome::Cut(answer) } else { AnswerOutcome::Complete(answer) }
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
    Answer::of(AnswerKind::Refused, text)
}

/// The answer when passages were kept, but none that was found names these codes or years of the
/// question.
pub fn refusal_of_unnamed(question: &str, unnamed: Vec<String>) -> Answer {
    let text = if has_han(question) {
        format!("检索到的段落都没有提到“{}”，因此不作回答。最接近的段落列在下面。", unnamed.join("”“"))
    } else {
        let names = unnamed.join("” or “");
        format!("No passage that was found names “{names}”, so there is no answer. The nearest ones are listed below.")
    };
    Answer { unnamed, ..Answer::of(AnswerKind::Refused, text) }
}
