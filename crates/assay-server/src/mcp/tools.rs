//! The tools: their names, schemas and work. None of them changes anything.

use assay_app::{Cancel, Failure, Problem};
use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool, ToolAnnotations};
use rmcp::schemars::{self, JsonSchema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::explain::{Explain, explain};
use crate::on_demand::OnDemand;
use crate::search::{Found, Query, search};
use crate::status::{Status, status};
use crate::text::{Get, MultiGet, Text, Texts, get, multi_get};

/// `status` takes nothing.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// All tools, as a client lists them.
pub fn all() -> Vec<Tool> {
    vec![
        typed::<Query, Found>(
            "query",
            "Search the library",
            "Finds the passages of the user's files that answer a question, by vectors and by words, reads the best \
             of them again with a cross-encoder, and returns them with every stage's score and rank.",
        ),
        tool::<Explain>(
            "explain",
            "Why a text was not found",
            "Follows a text that was expected among the results of a question through all stages: its rank and score at \
             each, where it was cut, and what to do about it.",
        ),
        typed::<Get, Text>(
            "get",
            "Read a passage or a document",
            "Returns a passage with the text around it, or the pages of a document. A long document comes in pieces; \
             `next` says where it goes on.",
        ),
        typed::<MultiGet, Texts>(
            "multi_get",
            "Read several passages or documents",
            "Returns up to 20 passages or beginnings of documents, cut so that all of them stay within the limit.",
        ),
        typed::<Nothing, Status>(
            "status",
            "What the library holds",
            "Counts the documents, passages and collections, and names the models and whatever keeps the library from \
             answering.",
        ),
    ]
}

/// A tool whose result has a schema.
fn typed<I: JsonSchema + 'static, O: JsonSchema + 'static>(
    name: &'static str,
    title: &str,
    about: &'static str,
) -> Tool {
    tool::<I>(name, title, about).with_output_schema::<O>()
}

fn tool<I: JsonSchema + 'static>(name: &'static str, title: &str, about: &'static str) -> Tool {
    let read_only = ToolAnnotations::with_title(title).read_only(true).destructive(false).idempotent(true);
    Tool::new(name, about, JsonObject::new())
        .with_title(title)
        .with_input_schema::<I>()
        .with_annotations(read_only.open_world(false))
}

/// Runs a tool. A failure is a result that the client's model can read.
///
/// # Errors
/// Fails if there is no such tool.
pub async fn call(
    library: &OnDemand,
    name: &str,
    arguments: JsonObject,
    cancel: &Cancel,
) -> Result<CallToolResult, ErrorData> {
    let done = match name {
        "query" => query(library, arguments, cancel).await,
        "explain" => followed(library, arguments, cancel).await,
        "get" => one_text(library, arguments).await,
        "multi_get" => several_texts(library, arguments).await,
        "status" => state(library, arguments).await,
        _ => return Err(ErrorData::invalid_params(format!("there is no tool {name:?}; tools/list names them"), None)),
    };
    Ok(done.map_or_else(|failure| CallToolResult::error(vec![ContentBlock::text(failure.to_string())]), structured))
}

async fn query(library: &OnDemand, arguments: JsonObject, cancel: &Cancel) -> Result<Value, Failure> {
    let query: Query = read(arguments)?;
    value(&search(&*library.session().await?, &query, cancel).await?)
}

async fn followed(library: &OnDemand, arguments: JsonObject, cancel: &Cancel) -> Result<Value, Failure> {
    let wanted: Explain = read(arguments)?;
    value(&explain(library.session().await?, wanted, cancel).await?)
}

async fn one_text(library: &OnDemand, arguments: JsonObject) -> Result<Value, Failure> {
    let wanted: Get = read(arguments)?;
    value(&get(&*library.session().await?, &wanted).await?)
}

async fn several_texts(library: &OnDemand, arguments: JsonObject) -> Result<Value, Failure> {
    let wanted: MultiGet = read(arguments)?;
    value(&multi_get(&*library.session().await?, &wanted).await?)
}

async fn state(library: &OnDemand, arguments: JsonObject) -> Result<Value, Failure> {
    read::<Nothing>(arguments)?;
    value(&status(&*library.session().await?).await?)
}

fn structured(value: Value) -> CallToolResult {
    CallToolResult::structured(value)
}

fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Failure> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        let message = format!("the arguments do not fit the tool: {error}");
        Failure::new(Problem::BadSetting, message, "compare them with its input schema")
    })
}

fn value(result: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(result).map_err(|error| Failure::bug(format!("a result cannot be written: {error}")))
}

/// What came in is no MCP.
pub fn not_mcp(error: &str) -> Failure {
    let message = format!("what came in is not the beginning of MCP: {error}");
    Failure::new(Problem::BadSetting, message, "start this command from an MCP client; see docs/interface.md")
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn every_tool_only_reads_and_names_its_input_and_output() {
        let tools = all();
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(names, ["query", "explain", "get", "multi_get", "status"]);
        for tool in &tools {
            let hints = tool.annotations.as_ref().unwrap();
            assert_eq!((hints.read_only_hint, hints.open_world_hint), (Some(true), Some(false)), "{}", tool.name);
            assert_eq!(tool.input_schema["additionalProperties"], false, "{}", tool.name);
            // The contract describes what `explain` gives.
            let fields = tool.output_schema.as_ref().and_then(|schema| schema["properties"].as_object());
            assert!(tool.name == "explain" || fields.is_some_and(|fields| !fields.is_empty()), "{}", tool.name);
        }
    }
}
