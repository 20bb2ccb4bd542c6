//! Opening a store by its address.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use crate::address::Address;
use crate::error::RemoteError;
use crate::keys;

/// Region where none is named; stores other than Amazon's take any.
const REGION: &str = "us-east-1";

/// Opens a store. Nothing is sent.
///
/// # Errors
/// [`RemoteError::NoKeys`]; [`RemoteError::Address`] for an endpoint that is none.
pub fn open(address: &Address) -> Result<Arc<dyn ObjectStore>, RemoteError> {
    let keys = keys::find()?;
    let region = address.region.clone().or(keys.region).unwrap_or_else(|| REGION.to_owned());
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(address.bucket())
        .with_region(region)
        .with_access_key_id(keys.id)
        .with_secret_access_key(keys.secret)
        .with_retry(retry())
        .with_client_options(client(address.allow_http))
        .with_allow_http(address.allow_http);
    if let Some(token) = keys.token {
        builder = builder.with_token(token);
    }
    if let Some(endpoint) = address.endpoint.clone().or(keys.endpoint) {
        builder = builder.with_endpoint(endpoint);
    }
    let built = builder.build();
    let store =
        built.map_err(|_| RemoteError::Address { url: address.url.clone(), why: "its endpoint is no address" })?;
    Ok(Arc::new(store))
}

/// A store that throttles or fails is tried again after growing pauses, half a minute in all.
fn retry() -> RetryConfig {
    let backoff =
        BackoffConfig { init_backoff: Duration::from_millis(200), max_backoff: Duration::from_secs(8), base: 2.0 };
    RetryConfig { backoff, max_retries: 6, retry_timeout: Duration::from_secs(30) }
}

fn client(allow_http: bool) -> ClientOptions {
    ClientOptions::new()
        .with_allow_http(allow_http)
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(Duration::from_secs(120))
}
