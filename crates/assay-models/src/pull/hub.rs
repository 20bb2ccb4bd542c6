//! One request to the hub. It follows redirects itself, so that a hash is only believed if the hub states
//! it, and sorts refusals into those that may pass and those that stay.

use std::time::Duration;

use super::fault::{Fault, fetch_error};
use super::retry::RetryPolicy;
use crate::error::ModelsError;
use crate::network::Network;

/// Redirects from the hub's address to the file's.
const MOST_REDIRECTS: usize = 6;

/// What the hub states about a file's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// SHA-256, which the hub states for large files (`X-Linked-Etag`).
    pub sha256: Option<String>,
    /// Git's blob id, which is the entity tag of a small file.
    pub git: Option<String>,
}

/// The last response of a chain of redirects.
pub struct Answered {
    /// 200 or 206, its body unread.
    pub response: ureq::http::Response<ureq::Body>,
    /// What the hub stated.
    pub stated: Stated,
}

impl Answered {
    /// First byte and length of the whole file, from the `Content-Range` of a 206.
    pub fn range(&self) -> Option<(u64, u64)> {
        let stated = self.response.headers().get("content-range")?.to_str().ok()?;
        let (span, whole) = stated.strip_prefix("bytes ")?.split_once('/')?;
        Some((span.split_once('-')?.0.trim().parse().ok()?, whole.trim().parse().ok()?))
    }
}

/// A hub, or a mirror of one.
pub struct Hub {
    agent: ureq::Agent,
    /// Its address, without a slash at the end.
    pub address: String,
    /// How passing faults are retried.
    pub retries: RetryPolicy,
}

impl Hub {
    /// A client of a hub.
    ///
    /// # Errors
    /// [`ModelsError::BadAddress`] for a proxy that is not one.
    pub fn new(network: &Network, retries: RetryPolicy) -> Result<Self, ModelsError> {
        let mut config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_per_read(Some(Duration::from_secs(20)))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false);
        if let Some(proxy) = &network.proxy {
            let bad =
                |error: ureq::Error| ModelsError::BadAddress { address: proxy.clone(), reason: error.to_string() };
            config = config.proxy(Some(ureq::Proxy::new(proxy).map_err(bad)?));
        }
        Ok(Self { agent: config.build().into(), address: network.hub.trim_end_matches('/').to_owned(), retries })
    }

    /// Requests a file, or its bytes from the first number to before the second.
    pub fn get(&self, url: &str, part: Option<(u64, u64)>) -> Result<Answered, Fault> {
        let mut address = url.to_owned();
        let mut stated = Stated::default();
        for _ in 0..MOST_REDIRECTS {
            // A compressed body would have another length and another hash.
            let mut request = self.agent.get(&address).header("Accept-Encoding", "identity");
            if let Some((from, to)) = part {
                request = request.header("Range", format!("bytes={from}-{}", to.saturating_sub(1)));
            }
            let response = request.call().map_err(|error| match error {
                // Its text repeats the address, with what secrets are in it.
                ureq::Error::BadUri(_) => Fault::Final(fetch_error(url, &"it is no address")),
                error => Fault::passing(error.to_string()),
            })?;
            let header =
                |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            if origin(&address) == origin(url) {
                let tags = [header("x-linked-etag"), header("etag")];
                for tag in tags.iter().flatten().filter_map(|tag| hex(tag)) {
                    let slot = if tag.len() == 64 { &mut stated.sha256 } else { &mut stated.git };
                    slot.get_or_insert(tag);
                }
            }
            match response.status().as_u16() {
                200 | 206 => return Ok(Answered { response, stated }),
                301 | 302 | 303 | 307 | 308 => {
                    let next =
                        header("location").ok_or_else(|| Fault::Final(fetch_error(url, &"redirected to nowhere")))?;
                    address = absolute(&address, &next);
                }
                status @ (408 | 425 | 429 | 500..=599) => {
                    let wait = header("retry-after").and_then(|wish| wish.trim().parse().ok()).map(Duration::from_secs);
                    return Err(Fault::Passing { reason: format!("the hub answered {status}"), wait, moved: false });
                }
                status @ (401 | 403) => return Err(Fault::Final(refused(url, status))),
                404 | 410 => return Err(Fault::Final(ModelsError::NotOnHub { url: url.to_owned() })),
                status => return Err(Fault::Final(fetch_error(url, &format!("the hub answered {status}")))),
            }
        }
        Err(Fault::Final(fetch_error(url, &"too many redirects")))
    }
}

fn refused(url: &str, status: u16) -> ModelsError {
    let page = url.split_once("/resolve/").map_or(url, |(page, _)| page);
    ModelsError::Refused { url: url.to_owned(), status, page: page.to_owned() }
}

fn origin(address: &str) -> &str {
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let end = address.get(scheme..).and_then(|rest| rest.find('/')).map_or(address.len(), |at| scheme + at);
    address.get(..end).unwrap_or(address)
}

fn absolute(from: &str, next: &str) -> String {
    if next.contains("://") {
        return next.to_owned();
    }
    if let Some(host) = next.strip_prefix("//") {
        let scheme = from.split_once("://").map_or("https", |(scheme, _)| scheme);
        return format!("{scheme}://{host}");
    }
    if next.starts_with('/') {
        return format!("{}{next}", origin(from));
    }
    let folder = from.rfind('/').and_then(|at| from.get(..=at)).unwrap_or(from);
    format!("{folder}{next}")
}

/// The SHA-256 or git id in an entity tag.
fn hex(tag: &str) -> Option<String> {
    let tag = tag.trim_start_matches("W/").trim_matches('"');
    let right = matches!(tag.len(), 40 | 64) && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    right.then(|| tag.to_lowercase())
}
