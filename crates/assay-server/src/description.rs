//! The description of the HTTP interface: OpenAPI 3.1, and a plain page. Both are made from the table of routes and from
//! the types that are read and written, so that they cannot say anything else.

use std::fmt::Write as _;

use rmcp::schemars::generate::SchemaSettings;
use rmcp::schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// A request that is answered.
pub struct Described {
    /// `get`, `post` or `delete`.
    pub method: &'static str,
    /// Its address, with the names of parameters in braces.
    pub path: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Whether it needs the token.
    pub token: bool,
    parameters: Vec<Parameter>,
    body: Vec<Describe>,
    answer: Vec<Describe>,
    media: &'static str,
}

struct Parameter {
    name: &'static str,
    /// `path`, `query` or `header`.
    place: &'static str,
    kind: &'static str,
    about: &'static str,
}

type Describe = fn(&mut SchemaGenerator) -> Schema;

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl Described {
    /// A request that needs the token, without a body, answered with JSON.
    pub fn new(method: &'static str, path: &'static str, about: &'static str) -> Self {
        let (parameters, body, answer) = (Vec::new(), Vec::new(), Vec::new());
        Self { method, path, about, token: true, parameters, body, answer, media: "application/json" }
    }

    /// No token is needed.
    pub fn open(mut self) -> Self {
        self.token = false;
        self
    }

    /// The body has this form, among others.
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.body.push(of::<T>);
        self
    }

    /// The answer has this form, among others.
    pub fn gives<T: JsonSchema>(mut self) -> Self {
        self.answer.push(of::<T>);
        self
    }

    /// The answer is no JSON.
    pub fn gives_media(mut self, media: &'static str) -> Self {
        self.media = media;
        self
    }

    /// A parameter: its place (`path`, `query` or `header`), name, type and meaning. Those of a query may be left out.
    pub fn with(mut self, place: &'static str, name: &'static str, kind: &'static str, about: &'static str) -> Self {
        self.parameters.push(Parameter { name, place, kind, about });
        self
    }

    fn operation(&self, read: &mut SchemaGenerator, written: &mut SchemaGenerator) -> Value {
        let parameters = self.parameters.iter().map(|one| {
            json!({
                "name": one.name,
                "in": one.place,
                "required": one.place != "query",
                "description": one.about,
                "schema": { "type": one.kind },
            })
        });
        let mut operation = json!({
            "summary": self.about,
            "parameters": parameters.collect::<Vec<_>>(),
            "responses": {
                "200": { "description": "Done", "content": { self.media: { "schema": any(&self.answer, written) } } },
                "default": { "description": "An error, in the form of the request, with a sentence that says what to do" },
            },
        });
        let Some(fields) = operation.as_object_mut() else { return operation };
        if !self.body.is_empty() {
            let content = json!({ "application/json": { "schema": any(&self.body, read) } });
            fields.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        if !self.token {
            fields.insert("security".to_owned(), json!([]));
        }
        operation
    }
}

/// The schema of one of several forms.
fn any(forms: &[Describe], generator: &mut SchemaGenerator) -> Value {
    let schemas: Vec<Value> = forms.iter().map(|form| form(generator).to_value()).collect();
    match schemas.as_slice() {
        [] => json!({}),
        [one] => one.clone(),
        some => json!({ "anyOf": some }),
    }
}

/// The description of a table of routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// OpenAPI 3.1.
    pub json: String,
    /// HTML without scripts.
    pub page: String,
}

impl Description {
    /// Describes routes.
    pub fn of(routes: &[Described]) -> Self {
        let document = document(routes);
        Self { page: page(routes, &document), json: format!("{document:#}") }
    }
}

/// The operations by path, and the forms by name: those that are read, and those that are written.
pub fn parts(routes: &[Described]) -> (Map<String, Value>, [Map<String, Value>; 2]) {
    let settings = || SchemaSettings::draft2020_12().with(|one| one.definitions_path = "/components/schemas".into());
    let (mut read, mut written) =
        (settings().for_deserialize().into_generator(), settings().for_serialize().into_generator());
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let operation = route.operation(&mut read, &mut written);
        let operations = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(operations) = operations.as_object_mut() {
            operations.insert(route.method.to_owned(), operation);
        }
    }
    (paths, [read.take_definitions(true), written.take_definitions(true)])
}

fn document(routes: &[Described]) -> Value {
    let (paths, schemas) = parts(routes);
    let schemas: Map<String, Value> = schemas.into_iter().flatten().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Assay",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Questions to a library of one's own files, with the score and rank of every stage.",
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}code,pre{font-family:monospace}\
    pre{overflow:auto;padding:.5em;border:1px solid}h2{margin-top:2em}";

fn page(routes: &[Described], document: &Value) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Assay</title><style>{STYLE}</style>\
         <h1>Assay {}</h1><p>Every request but <code>GET /health</code> needs the header \
         <code>Authorization: Bearer TOKEN</code>. The same as OpenAPI: <code>/openapi.json</code>.</p>",
        env!("CARGO_PKG_VERSION")
    );
    for route in routes {
        let method = route.method.to_uppercase();
        // Writing to a text does not fail.
        let _ = write!(page, "<h2><code>{method} {}</code></h2><p>{}</p>", route.path, escaped(route.about));
        for one in &route.parameters {
            let (name, place, about) = (one.name, one.place, escaped(one.about));
            let _ = write!(page, "<p><code>{name}</code> ({place}, {}): {about}</p>", one.kind);
        }
    }
    page.push_str("<h2>Forms</h2>");
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let schema = escaped(&format!("{schema:#}"));
        let _ = write!(page, "<h3 id=\"{name}\">{name}</h3><pre>{schema}</pre>");
    }
    page.push_str("</html>");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
