//! A question to the library in OpenAI's forms: the last message of the user, and those before it.

use rmcp::schemars::{self, JsonSchema};
use serde::Deserialize;

/// Name of the model that answers from the whole library.
pub const WHOLE: &str = "assay";

/// What stands before the name of a collection that would be taken for another thing.
const COLLECTION: &str = "collection/";

/// Most characters of a question.
const LONGEST: usize = 32_000;

/// A message.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Message {
    /// `user`; other roles are passed over.
    role: Option<String>,
    /// What was said.
    content: Option<Content>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the content of a message must be a text or an array of parts")]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Part {
    text: Option<String>,
}

/// A question with those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The model's name in the request.
    pub model: String,
    /// The collection that it means; absent for the whole library.
    pub collection: Option<String>,
    /// The question: the last message of the user.
    pub text: String,
    /// The user's messages before it, the oldest first.
    pub earlier: Vec<String>,
    /// Whether the answer is sent while it is written.
    pub stream: bool,
}

impl Message {
    /// A message of the user.
    pub fn of_user(text: String) -> Self {
        Self { role: Some("user".to_owned()), content: Some(Content::Text(text)) }
    }

    fn text(self) -> String {
        match self.content {
            Some(Content::Text(text)) => text,
            Some(Content::Parts(parts)) => {
                parts.into_iter().filter_map(|part| part.text).collect::<Vec<_>>().join("\n")
            }
            None => String::new(),
        }
    }
}

impl Question {
    /// The question of a conversation.
    ///
    /// # Errors
    /// There is none, or it is too long.
    pub fn of(model: Option<String>, messages: Vec<Message>, stream: bool) -> Result<Self, String> {
        let of_user = messages.into_iter().filter(|one| one.role.as_deref() == Some("user"));
        let mut asked: Vec<String> = of_user.map(Message::text).collect();
        let text = asked.pop().filter(|question| !question.trim().is_empty());
        let text = text.ok_or_else(|| "there is no message of the user to answer".to_owned())?;
        if text.chars().count() > LONGEST {
            return Err(format!("the question has over {LONGEST} characters; shorten it"));
        }
        let model = model.unwrap_or_else(|| WHOLE.to_owned());
        Ok(Self { collection: collection_of(&model), model, text, earlier: asked, stream })
    }
}

/// The collection that a model's name means; `None` for the whole library, which `assay` means also where a collection
/// has that name.
fn collection_of(model: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::{collection_of, model_of};

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
}
