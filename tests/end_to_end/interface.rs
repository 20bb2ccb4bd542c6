//! The local interface through the program: `assay mcp` in raw lines, `assay serve` over HTTP, and the lock of the library.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use assay_tests::{Library, rows, samples, word};
use serde_json::{Value, json};

const QUESTION: &str = "When did Ottilie Brandvold die?";

fn library() -> Library {
    let library = Library::default();
    let (status, reply) = library.json(&["ingest", &samples(), "--collection", "samples"]);
    assert_eq!(status, 0, "{reply}");
    library
}

/// `assay mcp`, asked in lines.
pub struct Mcp {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: u32,
}

impl Mcp {
    pub fn start(library: &Library) -> Self {
        let mut command = library.command(&["mcp"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut mcp = Self { child, input, output, asked: 0 };
        let client = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "lines", "version": "1"}});
        let hello = mcp.ask("initialize", &client);
        assert_eq!(hello["result"]["serverInfo"]["name"], "assay", "{hello}");
        mcp.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        mcp
    }

    fn say(&mut self, line: &Value) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        self.say(&json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}));
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let reply: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert_eq!(reply["id"], self.asked, "{reply}");
        reply
    }

    pub fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", &json!({"name": tool, "arguments": arguments}))["result"].take()
    }

    /// Closes the input. Returns the rest of the output.
    pub fn end(mut self) -> String {
        drop(self.input.take());
        let mut rest = String::new();
        while self.output.read_line(&mut rest).unwrap() > 0 {}
        assert!(self.child.wait().unwrap().success());
        rest
    }
}

/// Characters of the file's text in what `get` returned.
fn characters(text: &Value) -> usize {
    let passage = ["before", "text", "after"].map(|part| &text["passage"][part]);
    let pages = rows(text, "pages").iter().map(|page| &page["text"]);
    passage.into_iter().chain(pages).filter_map(Value::as_str).map(|text| text.chars().count()).sum()
}

#[test]
fn an_mcp_client_searches_and_reads_the_library_over_stdio() {
    let library = library();
    let mut mcp = Mcp::start(&library);
    let tools = mcp.ask("tools/list", &json!({}));
    let tools: Vec<&str> = rows(&tools["result"], "tools").iter().map(|tool| word(tool, "name")).collect();
    assert_eq!(tools, ["query", "explain", "get", "multi_get", "status"]);

    let asked = json!({"question": QUESTION, "limit": 3, "rerank": "on", "collection": "samples"});
    let found = mcp.call("query", asked)["structuredContent"].take();
    let best = &rows(&found, "results")[0];
    assert_eq!((word(best, "name"), &best["outcome"]), ("brandvold-biography.pdf", &json!("kept")), "{found}");
    for stage in ["lexical", "cosine", "fused", "logit"] {
        assert!(best["scores"][stage].is_f64() && best["ranks"][stage].is_u64(), "{stage}: {best}");
    }
    assert!(best["scores"]["blend"].is_null() && best["ranks"]["blend"].is_null());
    let unread = mcp.call("query", json!({"question": QUESTION, "rerank": "off"}));
    let unread = &rows(&unread["structuredContent"], "results")[0];
    assert!(unread["scores"]["logit"].is_null() && unread["scores"]["fused"].is_f64(), "{unread}");
    let strict = mcp.call("query", json!({"question": QUESTION, "rerank": "on", "min_score": 1.0}));
    assert_eq!(strict["structuredContent"]["results"], json!([]), "{strict}");
    assert!(strict["structuredContent"]["below_min_score"].as_u64() > Some(0));
    let about = mcp.call("query", json!({"question": "What is in here?"}));
    assert!(word(&about["structuredContent"], "about_library").contains("brandvold"), "{about}");

    let born = "Ottilie Brandvold was born at Skarhavn";
    let why =
        mcp.call("explain", json!({"question": QUESTION, "text": born, "rerank": "on"}))["structuredContent"].take();
    assert_eq!((&why["found"], word(&why["passage"], "name")), (&json!(true), "brandvold-biography.pdf"), "{why}");
    assert!(
        rows(&why, "stages").iter().any(|stage| stage["rank"].is_u64()) && !word(&why, "reason").is_empty(),
        "{why}"
    );

    let filtered = json!({"question": QUESTION, "text": born, "filters": {"formats": ["md"]}});
    let filtered = mcp.call("explain", filtered)["structuredContent"].take();
    assert_eq!(word(&filtered, "outcome"), "out_of_scope", "{filtered}");

    let passage = mcp.call("get", json!({"id": best["id"]}));
    assert_eq!(passage["structuredContent"]["passage"]["text"], best["text"], "{passage}");
    let id = best["document"].to_string();
    let piece = mcp.call("get", json!({"id": id, "max_characters": 50}))["structuredContent"].take();
    let text = word(&rows(&piece, "pages")[0], "text");
    assert_eq!((text.chars().count(), &piece["next"]), (50, &json!({"page": 1, "from": 50})), "{piece}");
    let several = mcp.call("multi_get", json!({"ids": [best["id"], id, "4711"]}))["structuredContent"].take();
    let several = rows(&several, "texts");
    assert!(several[0]["text"].is_object() && several[1]["text"].is_object());
    assert!(word(&several[2], "error").contains("no document 4711"));
    let (passage, mut ids) = (word(best, "id"), vec![id.as_str(); 10]);
    ids.extend(vec![passage; 10]);
    for most in [7, 300, 4_000] {
        let bounded = mcp.call("multi_get", json!({"ids": ids, "max_characters": most}))["structuredContent"].take();
        assert_eq!(rows(&bounded, "texts").len(), 20);
        let read: usize = rows(&bounded, "texts").iter().map(|text| characters(&text["text"])).sum();
        assert!(read > 0 && read <= most, "{read} of {most}: {bounded}");
    }
    ids.push(passage);
    let too_many = mcp.call("multi_get", json!({"ids": ids}));
    assert!(word(&rows(&too_many, "content")[0], "text").contains("name 1 to 20"), "{too_many}");
    let status = mcp.call("status", json!({}))["structuredContent"].take();
    assert_eq!((&status["searchable"], &status["collections"]["samples"]), (&json!(18), &json!(18)), "{status}");

    let listed = mcp.ask("resources/list", &json!({}));
    assert_eq!(rows(&listed["result"], "resources").len(), 18);
    let read = mcp.ask("resources/read", &json!({"uri": format!("assay://document/{id}")}));
    assert!(word(&rows(&read["result"], "contents")[0], "text").contains("Brandvold"), "{read}");
    let wrong = mcp.ask("resources/read", &json!({"uri": "file:///etc/passwd"}));
    assert!(word(&wrong["error"], "message").contains("no address"), "{wrong}");
    assert_eq!(mcp.end(), "", "only the protocol is on stdout");
}

#[test]
fn an_mcp_server_says_who_has_the_library_and_leaves_it_to_others() {
    let library = library();
    // What every Assay does that opens the library.
    let lock = File::options().write(true).open(library.data.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let mut mcp = Mcp::start(&library);
    let refused = mcp.call("status", json!({}));
    let text = word(&rows(&refused, "content")[0], "text");
    assert_eq!(refused["isError"], true, "{refused}");
    assert!(text.contains("another Assay has the data folder") && text.contains("close the other window"), "{text}");
    drop(lock);
    assert_eq!(mcp.call("status", json!({}))["structuredContent"]["searchable"], 18);
    // The library is free as soon as the client leaves.
    mcp.end();
    let (status, reply) = library.json(&["documents"]);
    assert_eq!((status, rows(&reply, "documents").len()), (0, 18));
}

/// `assay serve` on a free port.
pub struct Serve {
    child: Child,
    address: String,
    token: String,
}

impl Serve {
    pub fn start(library: &Library) -> Self {
        Self::with(library, &[])
    }

    fn with(library: &Library, more: &[&str]) -> Self {
        let mut command = library.command(&[&["serve", "--port", "0", "--json"], more].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("}\n") {
            assert!(output.read_line(&mut text).unwrap() > 0, "no address: {text}");
        }
        let told: Value = serde_json::from_str(&text).unwrap();
        let token = std::fs::read_to_string(word(&told, "token_file")).unwrap().trim().to_owned();
        Self { child, address: word(&told, "address").to_owned(), token }
    }

    fn post(&self, path: &str, body: &Value) -> String {
        let request =
            ureq::post(format!("{}{path}", self.address)).header("Authorization", format!("Bearer {}", self.token));
        request.send_json(body).unwrap().body_mut().read_to_string().unwrap()
    }

    pub fn json(&self, path: &str, body: &Value) -> Value {
        serde_json::from_str(&self.post(path, body)).unwrap()
    }

    /// The status and the answer, also of a refusal: of a POST with this body, or of a DELETE with these headers.
    fn change(&self, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let (address, token) = (format!("{}{path}", self.address), format!("Bearer {}", self.token));
        let answer = match body {
            Some(body) => agent.post(address).header("Authorization", token).send_json(body),
            None => {
                let request = agent.delete(address).header("Authorization", token);
                headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).call()
            }
        };
        let mut answer = answer.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn the_library_answers_over_http_with_citations_and_all_scores() {
    let library = library();
    let serve = Serve::start(&library);
    let chat = |stream: bool, messages: Value| json!({"model": "samples", "stream": stream, "messages": messages});
    let asked = json!([{"role": "user", "content": QUESTION}]);
    let whole = serve.json("/v1/chat/completions", &chat(false, asked.clone()));
    let message = &whole["choices"][0]["message"];
    let (content, citation) = (word(message, "content"), &rows(message, "annotations")[0]["url_citation"]);
    let from = citation["start_index"].as_u64().unwrap() as usize;
    let to = citation["end_index"].as_u64().unwrap() as usize;
    assert_eq!(content.chars().skip(from).take(to - from).collect::<String>(), "[1]", "{whole}");
    assert_eq!(word(citation, "title"), "brandvold-biography.pdf");
    let source = &rows(&whole, "sources")[0];
    assert_eq!(word(citation, "url"), word(source, "uri"));
    assert!(source["scores"]["logit"].is_f64() && source["ranks"]["fused"].is_u64(), "{source}");

    let streamed = serve.post("/v1/chat/completions", &chat(true, asked));
    let pieces: Vec<&str> = streamed.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    assert_eq!(pieces.last(), Some(&"[DONE]"));
    let pieces: Vec<Value> =
        pieces[..pieces.len() - 1].iter().map(|piece| serde_json::from_str(piece).unwrap()).collect();
    let text: String = pieces.iter().filter_map(|piece| piece["choices"][0]["delta"]["content"].as_str()).collect();
    let last = pieces.last().unwrap();
    assert_eq!((text.as_str(), &last["choices"][0]["finish_reason"]), (content, &json!("stop")));
    assert_eq!(last["choices"][0]["delta"]["annotations"], message["annotations"]);

    let answer = serve.json("/v1/responses", &json!({"model": "samples", "input": QUESTION}));
    let part = &rows(&rows(&answer, "output")[0], "content")[0];
    assert_eq!((&answer["status"], word(part, "text")), (&json!("completed"), content), "{answer}");
    let flat = &rows(part, "annotations")[0];
    assert_eq!(
        (word(flat, "type"), &flat["start_index"], &flat["url"]),
        ("url_citation", &citation["start_index"], &citation["url"])
    );
    assert_eq!(answer["sources"], whole["sources"]);
    let events = serve.post("/v1/responses", &json!({"model": "samples", "input": QUESTION, "stream": true}));
    let names: Vec<&str> = events.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    let datas = events.lines().filter_map(|line| line.strip_prefix("data: "));
    let datas: Vec<Value> = datas.map(|data| serde_json::from_str(data).unwrap()).collect();
    assert!(
        names
            .iter()
            .zip(&datas)
            .zip(0..)
            .all(|((name, data), number)| { data["type"] == *name && data["sequence_number"] == number })
    );
    assert_eq!((names.first(), names.last()), (Some(&"response.created"), Some(&"response.completed")));
    let deltas = datas.iter().filter(|data| data["type"] == "response.output_text.delta");
    assert_eq!(deltas.map(|data| word(data, "delta")).collect::<String>(), content);
    let last = &datas.last().unwrap()["response"];
    assert_eq!(
        (&last["output"][0]["content"], &last["sources"]),
        (&answer["output"][0]["content"], &answer["sources"])
    );

    let follow_up = json!([
        {"role": "user", "content": "When was Ottilie Brandvold born?"},
        {"role": "assistant", "content": "..."},
        {"role": "user", "content": "And when did she die?"}
    ]);
    let answer = serve.json("/v1/chat/completions", &chat(false, follow_up));
    assert_eq!(rows(&answer, "sources")[0]["name"], "brandvold-biography.pdf", "{answer}");

    let found = serve.json("/v1/search", &json!({"question": QUESTION, "limit": 2}));
    assert_eq!(rows(&found, "results").len(), 2);
    assert_eq!(found["results"][0]["name"], "brandvold-biography.pdf");

    // No path of the user leaves the program.
    let documents = documents(&serve);
    let folder = samples();
    for text in [whole.to_string(), streamed, found.to_string(), documents] {
        assert!(!text.contains(&folder) && !text.contains(&*library.data.path().to_string_lossy()), "{text}");
    }
}

#[test]
fn documents_are_added_and_removed_below_an_allowed_folder_alone() {
    let library = library();
    let folder = library.files.path().join("notes");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("marten.txt"), "The marten at the boat house is called Wilhelmina.").unwrap();
    let serve = Serve::with(&library, &["--allow", folder.to_str().unwrap()]);
    let (status, refused) = serve.change("/v1/documents", Some(&json!({"path": samples()})), &[]);
    assert!(status == 403 && word(&refused["error"], "message").contains("not below a folder"), "{refused}");
    let add = json!({"path": folder.join("marten.txt"), "collection": "animals"});
    let (status, added) = serve.change("/v1/documents", Some(&add), &[]);
    assert_eq!(
        (status, &rows(&added, "data")[0]["name"], &added["counts"]),
        (200, &json!("marten.txt"), &json!({"committed": 1}))
    );
    let found = serve.json("/v1/search", &json!({"question": "What is the marten called?", "collection": "animals"}));
    let best = &rows(&found, "results")[0];
    assert!(word(best, "text").contains("Wilhelmina"), "{found}");

    let (marten, other) = (best["document"].to_string(), serve.json("/v1/search", &json!({"question": QUESTION})));
    let other = other["results"][0]["document"].to_string();
    let at = |id: &str| format!("/v1/documents/{id}");
    assert_eq!(serve.change(&at(&marten), None, &[]).0, 428);
    let (status, refused) = serve.change(&at(&other), None, &[("x-assay-confirm", other.as_str())]);
    assert!(status == 403 && word(&refused["error"], "message").contains("not below a folder"), "{refused}");
    let (status, removed) = serve.change(&at(&marten), None, &[("x-assay-confirm", marten.as_str())]);
    assert_eq!((status, &removed["deleted"]), (200, &json!(true)), "{removed}");
    assert_eq!(serve.change(&at(&marten), None, &[("x-assay-confirm", marten.as_str())]).0, 404);
    assert!(folder.join("marten.txt").is_file(), "the user's file stays");
    let (status, gone) = serve.change("/v1/search", Some(&json!({"question": "Who?", "collection": "animals"})), &[]);
    assert!(status == 400 && word(&gone["error"], "message").contains("no document is in the collection"), "{gone}");
}

/// The first page of the list, as it was sent.
fn documents(serve: &Serve) -> String {
    let request = ureq::get(format!("{}/v1/documents?limit=5", serve.address));
    let request = request.header("Authorization", format!("Bearer {}", serve.token));
    let text = request.call().unwrap().body_mut().read_to_string().unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((rows(&value, "data").len(), &value["has_more"]), (5, &json!(true)));
    text
}
