//! What the handlers of the HTTP interface share, and how a failure becomes a status.

use std::sync::Arc;

use assay_app::standalone::OpenModels;
use assay_app::{Failure, Problem};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::Semaphore;

use crate::allowed::Allowed;
use crate::description::Description;
use crate::dialect::Dialect;
use crate::on_demand::OnDemand;

/// What the handlers share.
#[derive(Clone)]
pub struct Interface {
    /// The library, for questions.
    pub library: Arc<OnDemand>,
    /// The encoders, for texts of the request.
    pub models: Arc<OpenModels>,
    /// The folders below which documents may be added and removed.
    pub allowed: Arc<Allowed>,
    /// One place, for the files that are being added.
    pub additions: Arc<Semaphore>,
    /// The description of the interface.
    pub description: Arc<Description>,
}

/// A failure in a form.
pub fn failed(dialect: Dialect, failure: &Failure) -> Response {
    let status = match failure.problem {
        Problem::EmptyQuestion | Problem::BadSetting => dialect.bad_request(),
        Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Problem::ModelMissing | Problem::MissingFile => StatusCode::NOT_FOUND,
        Problem::NoPermission => StatusCode::FORBIDDEN,
        Problem::EmptyLibrary | Problem::NewerAssay | Problem::RestoreWaits | Problem::FollowsAnother => {
            StatusCode::CONFLICT
        }
        Problem::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        Problem::LibraryInUse | Problem::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    dialect.error(status, &failure.to_string())
}
