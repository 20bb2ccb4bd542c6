//! OpenAI's `/v1/responses`: the question, the answer, and its events while it is written.

use assay_app::Failure;
use assay_contract::AskReply;
use axum::Json;
use axum::response::{IntoResponse, Response};
use rmcp::schemars::{self, JsonSchema};
use rmcp::transport::common::server_side_http::session_id;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::cited::{UrlCitation, citations, sources, was_cut};
use super::question::{Message, Question};
use super::writer::{Piece, Writer, now};
use crate::passage::Passage;

/// A request. Other fields are ignored.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ResponsesRequest")]
pub struct Request {
    /// `assay` for the whole library, or the name of a collection.
    model: Option<String>,
    /// The question, or messages: the last one of the user is the question, and those before it are what a follow-up is
    /// read after.
    input: Input,
    /// Whether the answer is sent while it is written.
    #[serde(default)]
    stream: bool,
    /// Null: nothing is kept of an answer.
    previous_response_id: Option<String>,
    /// Null, for the same reason.
    conversation: Option<Value>,
    /// False, for the same reason.
    background: Option<bool>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "input must be a text or an array of messages")]
enum Input {
    Text(String),
    Messages(Vec<Message>),
}

/// An answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ResponsesAnswer")]
pub struct Answer {
    id: String,
    object: &'static str,
    created_at: u64,
    /// `in_progress`, `completed`, `incomplete` or `failed`.
    status: &'static str,
    error: Option<Fault>,
    incomplete_details: Option<Incomplete>,
    instructions: Option<String>,
    model: String,
    output: Vec<Item>,
    parallel_tool_calls: bool,
    previous_response_id: Option<String>,
    store: bool,
    tool_choice: &'static str,
    tools: Vec<Value>,
    metadata: Map<String, Value>,
    /// Every passage that was retrieved, with all scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<Passage>>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ResponsesError")]
struct Fault {
    code: &'static str,
    message: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Incomplete {
    reason: &'static str,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ResponsesMessage")]
struct Item {
    r#type: &'static str,
    id: String,
    status: &'static str,
    role: &'static str,
    content: Vec<Part>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ResponsesText")]
struct Part {
    r#type: &'static str,
    text: String,
    annotations: Vec<Annotation>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ResponsesAnnotation")]
struct Annotation {
    r#type: &'static str,
    #[serde(flatten)]
    citation: UrlCitation,
}

/// An event of a stream.
#[derive(Serialize)]
struct Event<'a, T> {
    r#type: &'a str,
    sequence_number: u64,
    #[serde(flatten)]
    fields: T,
}

/// What the last event of a stream tells. It is written as it is: by way of `Value` a score in f32 would get the digits
/// of an f64.
#[derive(Serialize)]
struct Ended {
    response: Answer,
}

/// Reads a request.
///
/// # Errors
/// What does not fit.
pub fn read(body: &[u8]) -> Result<Question, String> {
    let request: Request = serde_json::from_slice(body).map_err(|error| format!("the body does not fit: {error}"))?;
    if request.previous_response_id.is_some() || request.conversation.is_some() {
        return Err("nothing is kept of an answer; send the earlier messages in input".to_owned());
    }
    if request.background == Some(true) {
        return Err("nothing is kept of an answer; leave background out".to_owned());
    }
    let messages = match request.input {
        Input::Text(text) => vec![Message::of_user(text)],
        Input::Messages(messages) => messages,
    };
    Question::of(request.model, messages, request.stream)
}

/// The answer to one request, and its events.
pub struct ResponsesWriter {
    id: String,
    message: String,
    created: u64,
    model: String,
    events: u64,
}

impl ResponsesWriter {
    /// The answer to a question.
    pub fn new(question: &Question) -> Self {
        let (id, message) = (format!("resp_{}", session_id()), format!("msg_{}", session_id()));
        Self { id, message, created: now(), model: question.model.clone(), events: 0 }
    }

    fn answer(&self, status: &'static str, output: Vec<Item>) -> Answer {
        Answer {
            id: self.id.clone(),
            object: "response",
            created_at: self.created,
            status,
            error: None,
            incomplete_details: None,
            instructions: None,
            model: self.model.clone(),
            output,
            parallel_tool_calls: false,
            previous_response_id: None,
            store: false,
            tool_choice: "none",
            tools: Vec::new(),
            metadata: Map::new(),
            sources: None,
        }
    }

    fn item(&self, status: &'static str, content: Vec<Part>) -> Item {
        Item { r#type: "message", id: self.message.clone(), status, role: "assistant", content }
    }

    fn finished(&self, reply: &AskReply) -> Answer {
        let status = ending(reply);
        let incomplete_details = was_cut(reply).then_some(Incomplete { reason: "max_output_tokens" });
        let output = vec![self.item(status, vec![part(reply)])];
        Answer { incomplete_details, sources: Some(sources(reply)), ..self.answer(status, output) }
    }

    fn event(&mut self, kind: &'static str, fields: impl Serialize) -> Piece {
        let sequence_number = self.events;
        self.events += 1;
        Piece::json(Some(kind), &Event { r#type: kind, sequence_number, fields })
    }

    /// An event of the only part of the only message.
    fn of_part(&mut self, kind: &'static str, more: Value) -> Piece {
        let mut fields = json!({ "item_id": self.message, "output_index": 0, "content_index": 0 });
        if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
            fields.extend(more);
        }
        self.event(kind, fields)
    }
}

impl Writer for ResponsesWriter {
    fn whole(&mut self, reply: &AskReply) -> Response {
        Json(self.finished(reply)).into_response()
    }

    fn begin(&mut self) -> Vec<Piece> {
        let begun = json!({ "response": self.answer("in_progress", Vec::new()) });
        let item = json!({ "output_index": 0, "item": self.item("in_progress", Vec::new()) });
        let empty = Part { r#type: "output_text", text: String::new(), annotations: Vec::new() };
        vec![
            self.event("response.created", begun.clone()),
            self.event("response.in_progress", begun),
            self.event("response.output_item.added", item),
            self.of_part("response.content_part.added", json!({ "part": empty })),
        ]
    }

    fn more(&mut self, text: String) -> Vec<Piece> {
        vec![self.of_part("response.output_text.delta", json!({ "delta": text }))]
    }

    fn end(&mut self, reply: &AskReply) -> Vec<Piece> {
        let part = part(reply);
        let marks = (0..).zip(&part.annotations).map(|(index, annotation): (usize, _)| {
            let more = json!({ "annotation_index": index, "annotation": annotation });
            self.of_part("response.output_text.annotation.added", more)
        });
        let mut pieces: Vec<Piece> = marks.collect();
        pieces.push(self.of_part("response.output_text.done", json!({ "text": part.text })));
        pieces.push(self.of_part("response.content_part.done", json!({ "part": part })));
        let item = self.item(ending(reply), vec![part]);
        pieces.push(self.event("response.output_item.done", json!({ "output_index": 0, "item": item })));
        let kind = if was_cut(reply) { "response.incomplete" } else { "response.completed" };
        let response = self.finished(reply);
        pieces.push(self.event(kind, Ended { response }));
        pieces
    }

    fn failed(&mut self, failure: &Failure) -> Vec<Piece> {
        let error = Some(Fault { code: "server_error", message: failure.to_string() });
        let response = Answer { error, ..self.answer("failed", Vec::new()) };
        vec![self.event("response.failed", json!({ "response": response }))]
    }
}

fn ending(reply: &AskReply) -> &'static str {
    if was_cut(reply) { "incomplete" } else { "completed" }
}

fn part(reply: &AskReply) -> Part {
    let text = reply.answer.text.clone();
    let marks = citations(&text, &reply.answer.citations).into_iter();
    let annotations = marks.map(|citation| Annotation { r#type: "url_citation", citation }).collect();
    Part { r#type: "output_text", text, annotations }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_input_is_a_text_or_messages_and_nothing_that_would_have_been_kept() {
        let plain = read(br#"{"model":"notes","input":"Who?","temperature":0,"tools":[]}"#).unwrap();
        assert_eq!((plain.text.as_str(), plain.collection.as_deref(), plain.stream), ("Who?", Some("notes"), false));
        let messages = br#"{"stream":true,"input":[{"role":"developer","content":"Be brief."},
            {"role":"user","content":"Who?"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"She."}]},
            {"type":"reasoning","id":"r"},{"role":"user","content":[{"type":"input_text","text":"And when?"}]}]}"#;
        let messages = read(messages).unwrap();
        assert_eq!(
            (messages.text.as_str(), messages.earlier, messages.stream),
            ("And when?", vec!["Who?".to_owned()], true)
        );
        for (bad, told) in [
            ("{}", "input"),
            (r#"{"input":7}"#, "text or an array"),
            (r#"{"input":[]}"#, "no message"),
            (r#"{"input":" "}"#, "no message"),
            (r#"{"input":"Who?","previous_response_id":"resp_1"}"#, "nothing is kept"),
            (r#"{"input":"Who?","conversation":"conv_1"}"#, "nothing is kept"),
            (r#"{"input":"Who?","background":true}"#, "nothing is kept"),
        ] {
            let message = read(bad.as_bytes()).unwrap_err();
            assert!(message.contains(told), "{bad}: {message}");
        }
    }
}
