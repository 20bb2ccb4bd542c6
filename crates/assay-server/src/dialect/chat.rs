//! OpenAI's `/v1/chat/completions`: the question, the answer, and its pieces while it is written.

use std::time::{SystemTime, UNIX_EPOCH};

use assay_contract::{AskReply, CitationRow, Outcome, ReasonCode};
use rmcp::transport::common::server_side_http::session_id;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::passage::Passage;

/// Name of the model that answers from the whole library.
pub const WHOLE: &str = "assay";

/// What stands before the name of a collection that would be taken for another thing.
const COLLECTION: &str = "collection/";

/// Most characters of a question.
const LONGEST: usize = 32_000;

#[derive(Debug, Deserialize)]
struct Request {
    model: Option<String>,
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
    n: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    content: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "the content of a message must be a text or an array of parts")]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    text: Option<String>,
}

/// The collection that a model's name means; `None` for the whole library, which `assay` means also where a collection
/// has that name.
pub fn collection_of(model: &str) -> Option<String> {
    match model {
        WHOLE => None,
        blank if blank.trim().is_empty() => None,
        name => Some(name.strip_prefix(COLLECTION).unwrap_or(name).to_owned()),
    }
}

/// The model's name that means a collection: its own, unless that is `assay`, or one of `others`, or would be read as
/// another collection's.
pub fn model_of(collection: &str, others: &[&str]) -> String {
    let own = !others.contains(&collection) && collection_of(collection).as_deref() == Some(collection);
    if own { collection.to_owned() } else { format!("{COLLECTION}{collection}") }
}

/// A question with those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// The model's name in the request.
    pub model: String,
    /// The collection; absent for the whole library.
    pub collection: Option<String>,
    /// The question: the last message.
    pub question: String,
    /// The user's messages before it, the oldest first.
    pub earlier: Vec<String>,
    /// Whether the answer is sent while it is written.
    pub stream: bool,
}

/// An answer, or a piece of one.
#[derive(Debug, Serialize)]
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

#[derive(Debug, Serialize)]
struct Choice {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<Answer>,
    finish_reason: Option<&'static str>,
}

#[derive(Debug, Default, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Vec<Annotation>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Annotation {
    r#type: &'static str,
    url_citation: UrlCitation,
}

/// Offsets are in characters of the content.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct UrlCitation {
    start_index: usize,
    end_index: usize,
    url: String,
    title: String,
    quote: String,
}

/// Reads a request.
///
/// # Errors
/// What does not fit.
pub fn read(body: &[u8]) -> Result<Chat, String> {
    let request: Request = serde_json::from_slice(body).map_err(|error| format!("the body does not fit: {error}"))?;
    if request.n.is_some_and(|n| n != 1) {
        return Err("one answer is given to a question; leave n out".to_owned());
    }
    let mut asked: Vec<String> = request.messages.into_iter().filter(|one| one.role == "user").map(text).collect();
    let question = asked.pop().filter(|question| !question.trim().is_empty());
    let question = question.ok_or_else(|| "there is no message of the user to answer".to_owned())?;
    if question.chars().count() > LONGEST {
        return Err(format!("the question has over {LONGEST} characters; shorten it"));
    }
    let model = request.model.unwrap_or_else(|| WHOLE.to_owned());
    Ok(Chat { collection: collection_of(&model), model, question, earlier: asked, stream: request.stream })
}

fn text(message: Message) -> String {
    match message.content {
        Some(Content::Text(text)) => text,
        Some(Content::Parts(parts)) => parts.into_iter().filter_map(|part| part.text).collect::<Vec<_>>().join("\n"),
        None => String::new(),
    }
}

/// The answers to one request: all pieces have one id.
pub struct Writer {
    id: String,
    created: u64,
    model: String,
}

impl Writer {
    /// The answers of a collection, or of the whole library.
    pub fn new(chat: &Chat) -> Self {
        let created = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { id: format!("chatcmpl-{}", session_id()), created, model: chat.model.clone() }
    }

    /// The whole answer.
    pub fn whole(&self, reply: &AskReply) -> Completion {
        let message = Answer {
            role: Some("assistant"),
            content: Some(reply.answer.text.clone()),
            annotations: Some(annotations(&reply.answer.text, &reply.answer.citations)),
        };
        let choice = Choice { index: 0, message: Some(message), delta: None, finish_reason: Some(ending(reply)) };
        self.completion("chat.completion", choice, Some(sources(reply)))
    }

    /// The first piece, which only says who speaks.
    pub fn begin(&self) -> Completion {
        self.piece(Answer { role: Some("assistant"), content: Some(String::new()), ..Answer::default() }, None, None)
    }

    /// More of the text.
    pub fn more(&self, text: String) -> Completion {
        self.piece(Answer { content: Some(text), ..Answer::default() }, None, None)
    }

    /// The last piece: citations, sources, and why the text ends.
    pub fn end(&self, reply: &AskReply) -> Completion {
        let annotations = annotations(&reply.answer.text, &reply.answer.citations);
        let delta = Answer { annotations: Some(annotations), ..Answer::default() };
        self.piece(delta, Some(ending(reply)), Some(sources(reply)))
    }

    fn piece(&self, delta: Answer, ending: Option<&'static str>, sources: Option<Vec<Passage>>) -> Completion {
        let choice = Choice { index: 0, message: None, delta: Some(delta), finish_reason: ending };
        self.completion("chat.completion.chunk", choice, sources)
    }

    fn completion(&self, object: &'static str, choice: Choice, sources: Option<Vec<Passage>>) -> Completion {
        let (id, model) = (self.id.clone(), self.model.clone());
        Completion { id, object, created: self.created, model, choices: [choice], sources }
    }
}

fn ending(reply: &AskReply) -> &'static str {
    let cut = reply.stages.iter().any(|stage| stage.code == Some(ReasonCode::AnswerCut));
    if cut { "length" } else { "stop" }
}

fn sources(reply: &AskReply) -> Vec<Passage> {
    reply.candidates.iter().filter(|row| row.outcome != Outcome::Duplicate).map(Passage::from).collect()
}

/// One for each place where a number of a citation stands in the text.
fn annotations(text: &str, citations: &[CitationRow]) -> Vec<Annotation> {
    let mut found = Vec::new();
    for citation in citations {
        let mark = format!("[{}]", citation.number);
        for (byte, _) in text.match_indices(&mark) {
            let start = text.get(..byte).map_or(0, |before| before.chars().count());
            found.push((start, citation));
        }
    }
    found.sort_by_key(|(start, _)| *start);
    let annotation = |(start, citation): (usize, &CitationRow)| Annotation {
        r#type: "url_citation",
        url_citation: UrlCitation {
            start_index: start,
            end_index: start + citation.number.to_string().len() + 2,
            url: Address::Passage(citation.chunk.clone()).to_string(),
            title: citation.name.clone(),
            quote: citation.quote.clone(),
        },
    };
    found.into_iter().map(annotation).collect()
}

#[cfg(test)]
mod tests {
    use assay_contract::CitationRow;

    use super::{Chat, annotations, collection_of, model_of, read};

    #[test]
    fn the_name_of_every_collection_can_be_said() {
        let others = ["a reranker"];
        for (collection, model) in [
            ("notes", "notes"),
            ("auto", "auto"),
            ("a reranker", "collection/a reranker"),
            ("assay", "collection/assay"),
            ("", "collection/"),
            (" ", "collection/ "),
            ("collection/notes", "collection/collection/notes"),
        ] {
            assert_eq!(model_of(collection, &others), model);
            assert_eq!(collection_of(model).as_deref(), Some(collection));
        }
        for whole in ["assay", "", " "] {
            assert_eq!(collection_of(whole), None, "{whole:?}");
        }
    }

    #[test]
    fn the_last_message_of_the_user_is_the_question() {
        let chat = |collection: Option<&str>, question: &str, earlier: &[&str], stream| Chat {
            model: collection.unwrap_or("assay").to_owned(),
            collection: collection.map(str::to_owned),
            question: question.to_owned(),
            earlier: earlier.iter().map(|&text| text.to_owned()).collect(),
            stream,
        };
        for (body, wanted) in [
            (r#"{"model":"assay","messages":[{"role":"user","content":"Who?"}]}"#, chat(None, "Who?", &[], false)),
            (
                r#"{"model":"notes","stream":true,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Who?"},
                {"role":"assistant","content":"She."},{"role":"user","content":[{"type":"text","text":"And when?"}]}]}"#,
                chat(Some("notes"), "And when?", &["Who?"], true),
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

    #[test]
    fn each_number_in_the_text_is_annotated_in_characters() {
        let citation = |number: u32| CitationRow {
            number,
            chunk: format!("1-{number}"),
            document: 1,
            name: "灯塔.txt".to_owned(),
            folder: String::new(),
            offline: false,
            page: None,
            heading: None,
            quote: "quoted".to_owned(),
        };
        let text = "灯塔 [2] stands [1], tall [2].";
        let found = annotations(text, &[citation(1), citation(2)]);
        let marks: Vec<String> = found
            .iter()
            .map(|one| {
                let range = one.url_citation.start_index..one.url_citation.end_index;
                text.chars().skip(range.start).take(range.len()).collect()
            })
            .collect();
        assert_eq!(marks, ["[2]", "[1]", "[2]"]);
        assert_eq!(found[1].url_citation.url, "assay://passage/1-1");
    }
}
