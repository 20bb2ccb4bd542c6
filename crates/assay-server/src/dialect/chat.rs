//! OpenAI's `/v1/chat/completions`: the question, the answer, and its pieces while it is written.

use assay_app::Failure;
use assay_contract::AskReply;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rmcp::schemars::{self, JsonSchema};
use rmcp::transport::common::server_side_http::session_id;
use serde::{Deserialize, Serialize};

use super::cited::{UrlCitation, citations, sources, was_cut};
use super::openai;
use super::question::{Message, Question};
use super::writer::{Piece, Writer, now};
use crate::passage::Passage;

/// A request. Other fields are ignored.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ChatRequest")]
pub struct Request {
    /// `assay` for the whole library, or the name of a collection.
    model: Option<String>,
    /// The last message of the user is the question; those before it are what a follow-up is read after.
    messages: Vec<Message>,
    /// Whether the answer is sent while it is written.
    #[serde(default)]
    stream: bool,
    /// 1.
    n: Option<u32>,
}

/// An answer, or a piece of one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ChatCompletion")]
pub struct Completion {
    id: String,
    object: &'static str,
    created: u64,
    model: String,
    choices: [Choice; 1],
    /// Every passage that was retrieved, with all scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<Passage>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Choice {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<Answer>,
    /// `stop`, or `length` where the answer reached the language model's limit.
    finish_reason: Option<&'static str>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "ChatMessage")]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Vec<Annotation>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ChatAnnotation")]
struct Annotation {
    r#type: &'static str,
    url_citation: UrlCitation,
}

/// Reads a request.
///
/// # Errors
/// What does not fit.
pub fn read(body: &[u8]) -> Result<Question, String> {
    let request: Request = serde_json::from_slice(body).map_err(|error| format!("the body does not fit: {error}"))?;
    if request.n.is_some_and(|n| n != 1) {
        return Err("one answer is given to a question; leave n out".to_owned());
    }
    Question::of(request.model, request.messages, request.stream)
}

/// The answers to one request: all pieces have one id.
pub struct ChatWriter {
    id: String,
    created: u64,
    model: String,
}

impl ChatWriter {
    /// The answers to a question.
    pub fn new(question: &Question) -> Self {
        Self { id: format!("chatcmpl-{}", session_id()), created: now(), model: question.model.clone() }
    }

    fn piece(&self, delta: Answer, ending: Option<&'static str>, sources: Option<Vec<Passage>>) -> Piece {
        let choice = Choice { index: 0, message: None, delta: Some(delta), finish_reason: ending };
        Piece::json(None, &self.completion("chat.completion.chunk", choice, sources))
    }

    fn completion(&self, object: &'static str, choice: Choice, sources: Option<Vec<Passage>>) -> Completion {
        let (id, model) = (self.id.clone(), self.model.clone());
        Completion { id, object, created: self.created, model, choices: [choice], sources }
    }
}

impl Writer for ChatWriter {
    fn whole(&mut self, reply: &AskReply) -> Response {
        let message = Answer {
            role: Some("assistant"),
            content: Some(reply.answer.text.clone()),
            annotations: Some(annotations(reply)),
        };
        let choice = Choice { index: 0, message: Some(message), delta: None, finish_reason: Some(ending(reply)) };
        Json(self.completion("chat.completion", choice, Some(sources(reply)))).into_response()
    }

    /// One that only says who speaks.
    fn begin(&mut self) -> Vec<Piece> {
        let delta = Answer { role: Some("assistant"), content: Some(String::new()), ..Answer::default() };
        vec![self.piece(delta, None, None)]
    }

    fn more(&mut self, text: String) -> Vec<Piece> {
        vec![self.piece(Answer { content: Some(text), ..Answer::default() }, None, None)]
    }

    fn end(&mut self, reply: &AskReply) -> Vec<Piece> {
        let delta = Answer { annotations: Some(annotations(reply)), ..Answer::default() };
        vec![self.piece(delta, Some(ending(reply)), Some(sources(reply))), done()]
    }

    fn failed(&mut self, failure: &Failure) -> Vec<Piece> {
        vec![Piece::json(None, &openai::error(StatusCode::INTERNAL_SERVER_ERROR, &failure.to_string())), done()]
    }
}

fn done() -> Piece {
    Piece { event: None, data: "[DONE]".to_owned() }
}

fn ending(reply: &AskReply) -> &'static str {
    if was_cut(reply) { "length" } else { "stop" }
}

fn annotations(reply: &AskReply) -> Vec<Annotation> {
    let marks = citations(&reply.answer.text, &reply.answer.citations).into_iter();
    marks.map(|url_citation| Annotation { r#type: "url_citation", url_citation }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Question, read};

    #[test]
    fn the_last_message_of_the_user_is_the_question() {
        let asked = |collection: Option<&str>, question: &str, earlier: &[&str], stream| Question {
            model: collection.unwrap_or("assay").to_owned(),
            collection: collection.map(str::to_owned),
            text: question.to_owned(),
            earlier: earlier.iter().map(|&text| text.to_owned()).collect(),
            stream,
        };
        for (body, wanted) in [
            (r#"{"model":"assay","messages":[{"role":"user","content":"Who?"}]}"#, asked(None, "Who?", &[], false)),
            (
                r#"{"model":"notes","stream":true,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Who?"},
                {"role":"assistant","content":"She."},{"role":"user","content":[{"type":"text","text":"And when?"}]}]}"#,
                asked(Some("notes"), "And when?", &["Who?"], true),
            ),
        ] {
            assert_eq!(read(body.as_bytes()), Ok(wanted), "{body}");
        }
        for bad in [
            "{}",
            r#"{"messages":[]}"#,
            r#"{"messages":[{"role":"user","content":"  "}]}"#,
            r#"{"messages":[{"role":"assistant","content":"She."}]}"#,
            r#"{"n":2,"messages":[{"role":"user","content":"Who?"}]}"#,
            r#"{"messages":[{"role":"user","content":7}]}"#,
        ] {
            read(bad.as_bytes()).unwrap_err();
        }
    }
}
