//! The MCP server: tools that read the library, and its documents as resources. It runs over stdio, and over
//! streamable HTTP within the local interface.

mod tools;
mod resources;

use std::sync::Arc;

use assay_app::{Cancel, Failure, Opening};
use assay_contract::call::FrontEnd;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, Implementation, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, Tool,
};
use rmcp::service::{RequestContext, ServerInitializeError};
use rmcp::transport::stdio_pipes;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};

use crate::on_demand::{IDLE, OnDemand};
use crate::stop::StopOnDrop;

/// What a client's model is told about the server.
const INSTRUCTIONS: &str = "Assay searches the user's own files and scores every passage. Call `query` with a whole \
    question; each result has the score and the rank of every stage, null where a stage did not run, and `outcome` \
    says whether the library would answer from it. Call `get` with a result's id for its surroundings, or with a \
    document's number for its pages. Quote passages as they are and name their documents. All tools only read.";

/// The MCP server of one library.
#[derive(Clone)]
pub struct McpServer {
    library: Arc<OnDemand>,
}

/// Serves MCP on standard input and output until the client closes them.
///
/// # Errors
/// Fails if the client does not speak MCP.
pub async fn serve_stdio(opening: Opening) -> Result<(), Failure> {
    let library = Arc::new(OnDemand::new(opening, FrontEnd::Mcp, IDLE));
    let served = match McpServer::new(library.clone()).serve(stdio_pipes()).await {
        Ok(running) => running.waiting().await.map(drop).map_err(|error| Failure::bug(format!("MCP ended: {error}"))),
        // A client that leaves before it asks anything is no fault.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
        Err(error) => Err(tools::not_mcp(&error.to_string())),
    };
    library.close().await;
    served
}

impl McpServer {
    /// The server of a library.
    pub fn new(library: Arc<OnDemand>) -> Self {
        Self { library }
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        let this = Implementation::new("assay", env!("CARGO_PKG_VERSION")).with_title("Assay");
        ServerConfig::new(capabilities).with_server_info(this).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let cancel = StopOnDrop(Cancel::default());
        let arguments = request.arguments.unwrap_or_default();
        tokio::select! {
            result = tools::call(&self.library, &request.name, arguments, &cancel.0) => result.map(Into::into),
            () = context.ct.cancelled() => Err(ErrorData::internal_error("the client cancelled the call", None)),
        }
    }

    async fn list_resources(
        &self,
        page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        resources::list(&self.library, page.and_then(|page| page.cursor)).await
    }

    async fn list_resource_templates(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&self.library, &request.uri).await.map(Into::into)
    }
}
