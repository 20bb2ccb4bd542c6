//! One request to the hub: redirects followed by hand, so that only the hub's own word on a file's
//! hash is believed, and refusals told apart into those that pass and those that stay.

use std::time::Duration;

use super::super::Network;
use crate::EnginesError;

/// Hops from the hub's address to the file's.
const MOST_REDIRECTS: usize = 6;
/// A wait that a host asks for is kept up to here.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How often and how long a passing fault is waited out.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries in a row that may bring nothing.
    pub tries: u32,
    /// The first wait; each one after it is twice as long.
    pub first: Duration,
}

impl Patience {
    /// The wait before another try, the host's own wish included.
    pub fn wait(self, tried: u32, wished: Option<Duration>) -> Duration {
        let doubled = self.first.saturating_mul(1 << tried.min(6));
        doubled.max(wished.unwrap_or_default()).min(LONGEST_WAIT)
    }
}

/// Why a request brought nothing.
pub enum Fault {
    /// It may work in a while.
    Passing {
        /// What happened.
        reason: String,
        /// `Retry-After`.
        wait: Option<Duration>,
        /// Whether bytes came before it, so that it counts as a first fault.
        moved: bool,
    },
    /// It will not.
    Final(EnginesError),
}

impl Fault {
    /// One that brought nothing and says nothing of a wait.
    pub fn passing(reason: impl Into<String>) -> Self {
        Self::Passing { reason: reason.into(), wait: None, moved: false }
    }
}

/// What the hub says of a file's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// SHA-256, which the hub states for large files (`X-Linked-Etag`).
    pub sha256: Option<String>,
    /// Git's id of the blob, which is the entity tag of a small file.
    pub git: Option<String>,
}

/// The last response of a chain of redirects.
pub struct Answered {
    /// 200 or 206, its body unread.
    pub response: ureq::http::Response<ureq::Body>,
    /// What the hub stated on the way.
    pub stated: Stated,
}

impl Answered {
    /// First byte and length of the whole, of a 206 that says both.
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
    /// With passing faults.
    pub patience: Patience,
}

impl Hub {
    /// # Errors
    /// [`EnginesError::BadAddress`] for a proxy that cannot be one.
    pub fn new(network: &Network, patience: Patience) -> Result<Self, EnginesError> {
        let mut config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_per_read(Some(Duration::from_secs(20)))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false);
        if let Some(proxy) = &network.proxy {
            let bad =
                |error: ureq::Error| EnginesError::BadAddress { address: proxy.clone(), reason: error.to_string() };
            config = config.proxy(Some(ureq::Proxy::new(proxy).map_err(bad)?));
        }
        Ok(Self { agent: config.build().into(), address: network.hub.trim_end_matches('/').to_owned(), patience })
    }

    /// Asks for a file, or for the part of it from the first byte to before the second.
    pub fn get(&self, url: &str, part: Option<(u64, u64)>) -> Result<Answered, Fault> {
        let mut address = url.to_owned();
        let mut stated = Stated::default();
        for _ in 0..MOST_REDIRECTS {
            // A packed body would have another length and another hash.
            let mut request = self.agent.get(&address).header("Accept-Encoding", "identity");
            if let Some((from, to)) = part {
                request = request.header("Range", format!("bytes={from}-{}", to.saturating_sub(1)));
            }
            let response = request.call().map_err(|error| match error {
                ureq::Error::BadUri(reason) => Fault::Final(fault(url, &reason)),
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
                    let next = header("location").ok_or_else(|| Fault::Final(fault(url, &"redirected to nowhere")))?;
                    address = absolute(&address, &next);
                }
                status @ (408 | 425 | 429 | 500..=599) => {
                    let wait = header("retry-after").and_then(|wish| wish.trim().parse().ok()).map(Duration::from_secs);
                    return Err(Fault::Passing { reason: format!("the hub answered {status}"), wait, moved: false });
                }
                status @ (401 | 403) => return Err(Fault::Final(refused(url, status))),
                404 | 410 => return Err(Fault::Final(EnginesError::NotOnHub { url: url.to_owned() })),
                status => return Err(Fault::Final(fault(url, &format!("the hub answered {status}")))),
            }
        }
        Err(Fault::Final(fault(url, &"too many redirects")))
    }
}

fn refused(url: &str, status: u16) -> EnginesError {
    let page = url.split_once("/resolve/").map_or(url, |(page, _)| page);
    EnginesError::Refused { url: url.to_owned(), status, page: page.to_owned() }
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

/// A SHA-256 or a git id in an entity tag.
fn hex(tag: &str) -> Option<String> {
    let tag = tag.trim_start_matches("W/").trim_matches('"');
    let right = matches!(tag.len(), 40 | 64) && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    right.then(|| tag.to_lowercase())
}

pub fn fault(url: &str, reason: &dyn std::fmt::Display) -> EnginesError {
    EnginesError::Fetch { url: url.to_owned(), reason: reason.to_string() }
}
