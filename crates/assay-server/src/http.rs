//! The local HTTP interface: one server on the loopback address, with the guard before every handler.

mod texts;
mod library;
mod documents;
mod answers;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use assay_app::standalone::OpenModels;
use assay_app::{Failure, Home, Opening, Problem};
use assay_contract::call::FrontEnd;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::allowed::Allowed;
use crate::description::{Described, Description};
use crate::dialect::{Dialect, chat, cohere, jina, openai, responses, tei};
use crate::guard::{Guard, HEALTH, Limits, guard};
use crate::interface::Interface;
use crate::listener::{CappedListener, Caps, Connection};
use crate::mcp::McpServer;
use crate::on_demand::{IDLE, OnDemand};
use crate::search::{Found, Query};
use crate::token::Token;
use documents::{Add, Added, CONFIRM, Documents, Removed};
use library::{Health, Models};

/// The port unless another is named. No service is registered for it.
pub const PORT: u16 = 7_730;

/// Where MCP is served.
const MCP: &str = "/mcp";

/// How long requests at work may take to end once the server is told to end.
const SHUTDOWN_TIME: Duration = Duration::from_secs(5);

/// How a server is run.
#[derive(Debug, Clone)]
pub struct Serving {
    /// The library.
    pub opening: Opening,
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Caps of connections.
    pub caps: Caps,
    /// Limits of requests.
    pub limits: Limits,
    /// Folders below which requests may add and remove documents.
    pub allowed: Vec<PathBuf>,
}

impl Serving {
    /// The library on a port, with the usual caps and limits. Requests only read it.
    pub fn new(opening: Opening, port: u16) -> Self {
        let caps = Caps { connections: 128, header: Duration::from_secs(10), unread: Duration::from_secs(30) };
        let limits = Limits { requests: 16, body: 8 << 20, body_time: Duration::from_secs(30) };
        Self { opening, port, caps, limits, allowed: Vec::new() }
    }
}

/// A server that is bound and not yet at work.
pub struct Server {
    listener: CappedListener,
    router: Router,
    library: Arc<OnDemand>,
    /// Where it listens.
    pub address: SocketAddr,
    /// The file that holds the token.
    pub token_file: PathBuf,
}

impl Server {
    /// Binds the port and reads or makes the token. The library is not opened before it is asked.
    ///
    /// # Errors
    /// Fails if the folder is no data folder, if the token cannot be read or made, if an allowed folder is none, or if the
    /// port is taken.
    pub async fn bind(serving: Serving) -> Result<Self, Failure> {
        let data = serving.opening.data.clone().unwrap_or_else(Home::usual);
        claim(&data)?;
        let allowed = Arc::new(Allowed::of(&serving.allowed)?);
        let (token, token_file) = Token::of(&data)?;
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, serving.port));
        let taken = |error: std::io::Error| {
            let message = format!("{wanted} cannot be listened on: {error}");
            Failure::new(Problem::BadSetting, message, "name another with --port, or --port 0 for any that is free")
        };
        let listener = TcpListener::bind(wanted).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let library = Arc::new(OnDemand::new(serving.opening, FrontEnd::Serve, IDLE));
        let models = Arc::new(OpenModels::of(data));
        let guard = Arc::new(Guard::new(address.port(), token, serving.limits));
        let (mut described, handlers): (Vec<_>, Vec<_>) = routes().into_iter().unzip();
        let paths: Vec<&str> = described.iter().map(|route| route.path).collect();
        described.push(Described::new("post", MCP, "MCP over streamable HTTP, without sessions; its tools only read"));
        let description = Arc::new(Description::of(&described));
        let additions = Arc::new(Semaphore::new(1));
        let interface = Interface { library: library.clone(), models, allowed, additions, description };
        let router = router(paths.into_iter().zip(handlers), interface, guard);
        let listener = CappedListener::new(listener, serving.caps);
        Ok(Self { listener, router, library, address, token_file })
    }

    /// Serves until `end` completes, then lets the requests at work end and closes the library.
    ///
    /// # Errors
    /// Fails if the listener does.
    pub async fn serve(self, end: impl Future<Output = ()> + Send + 'static) -> Result<(), Failure> {
        let (ended, over) = tokio::sync::oneshot::channel::<()>();
        let signal = async move {
            end.await;
            drop(ended);
        };
        let service = self.router.into_make_service_with_connect_info::<Connection>();
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(signal);
        let too_late = async {
            // Completes with an error when the signal drops its side.
            drop(over.await);
            tokio::time::sleep(SHUTDOWN_TIME).await;
        };
        let served = tokio::select! {
            served = serving.into_future() => served,
            () = too_late => Ok(()),
        };
        self.library.close().await;
        served.map_err(|error| Failure::bug(format!("the server ended: {error}")))
    }
}

/// Every request that is answered, described with the types that its handler reads and writes.
pub(crate) fn routes() -> Vec<(Described, MethodRouter<Interface>)> {
    let rerank = |path, about| Described::new("post", path, about).takes::<jina::Request>().takes::<tei::Request>();
    vec![
        (
            Described::new("get", HEALTH, "Tells whether the server lives; needs no token").open().gives::<Health>(),
            get(library::health),
        ),
        (
            rerank("/rerank", "Scores texts against a query: `texts` make the answer a bare array")
                .gives::<jina::Answer>()
                .gives::<Vec<tei::Row>>(),
            post(texts::rerank),
        ),
        (
            rerank("/v1/rerank", "Scores documents against a query, in the form of Jina and vLLM")
                .gives::<jina::Answer>()
                .gives::<Vec<tei::Row>>(),
            post(texts::rerank),
        ),
        (
            Described::new("post", "/v2/rerank", "Scores documents against a query, in the form of Cohere")
                .takes::<cohere::Request>()
                .takes::<tei::Request>()
                .gives::<cohere::Answer>()
                .gives::<Vec<tei::Row>>(),
            post(texts::rerank),
        ),
        (
            Described::new("post", "/v1/embeddings", "Turns texts into vectors")
                .takes::<openai::Request>()
                .gives::<openai::Embeddings>(),
            post(texts::embed),
        ),
        (Described::new("get", "/v1/models", "Lists what `model` may be").gives::<Models>(), get(library::models)),
        (
            Described::new("post", "/v1/search", "Finds passages, with the score and rank of every stage")
                .takes::<Query>()
                .gives::<Found>(),
            post(library::find),
        ),
        (
            Described::new("post", "/v1/chat/completions", "Answers from the library; streams where `stream` is true")
                .takes::<chat::Request>()
                .gives::<chat::Completion>(),
            post(answers::chat),
        ),
        (
            Described::new("post", "/v1/responses", "Answers from the library; streams events where `stream` is true")
                .takes::<responses::Request>()
                .gives::<responses::Answer>(),
            post(answers::responses),
        ),
        (
            Described::new("get", "/v1/documents", "Lists the documents in the order of their numbers")
                .with("query", "limit", "integer", "How many, up to 1000; 100 if absent")
                .with("query", "after", "integer", "`last_id` of the page before")
                .gives::<Documents>(),
            get(documents::list),
        ),
        (
            Described::new("post", "/v1/documents", "Adds a file or folder below one that `assay serve --allow` names")
                .takes::<Add>()
                .gives::<Added>(),
            post(documents::add),
        ),
        (
            Described::new(
                "delete",
                "/v1/documents/{id}",
                "Removes a document whose file is below an allowed folder; the file itself stays",
            )
            .with("path", "id", "integer", "The document's number")
            .with("header", CONFIRM, "integer", "The same number, to confirm the removal")
            .gives::<Removed>(),
            delete(documents::remove),
        ),
        (
            Described::new("get", "/openapi.json", "This description").gives::<serde_json::Value>(),
            get(library::description),
        ),
        (Described::new("get", "/docs", "The same as a page").gives_media("text/html"), get(library::page)),
    ]
}

fn router(
    routes: impl IntoIterator<Item = (&'static str, MethodRouter<Interface>)>,
    interface: Interface,
    checks: Arc<Guard>,
) -> Router {
    let routed = routes.into_iter().fold(Router::new(), |router, (path, handler)| router.route(path, handler));
    routed
        .route_service(MCP, mcp(&interface, &checks))
        .fallback(no_address)
        .method_not_allowed_fallback(no_method)
        .with_state(interface)
        // The guard has read the body within its own limit.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(checks, guard))
}

async fn no_address() -> Response {
    Dialect::OpenAi.error(StatusCode::NOT_FOUND, "there is no such address; GET /docs lists them")
}

async fn no_method() -> Response {
    Dialect::OpenAi.error(StatusCode::METHOD_NOT_ALLOWED, "this address has another method; GET /docs lists them")
}

/// Makes sure that a folder is a data folder before the token is written there, also while another Assay has it open.
fn claim(data: &Path) -> Result<(), Failure> {
    match Home::open(data).map_err(Failure::from) {
        Err(failure) if failure.problem != Problem::LibraryInUse => Err(failure),
        _ => Ok(()),
    }
}

/// Without sessions: every request stands alone, and nothing grows with the number of clients.
fn mcp(interface: &Interface, checks: &Guard) -> StreamableHttpService<McpServer, NeverSessionManager> {
    let server = McpServer::new(interface.library.clone());
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_origins(checks.origins())
        .enforce_origin_validation();
    StreamableHttpService::new(move || Ok(server.clone()), Arc::default(), config)
}
