//! How the hub is reached.

/// The address of the hub, and the proxy on the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Address of the hub or of a mirror.
    pub hub: String,
    /// `http://host:port`; `None` for what `https_proxy` and similar variables say.
    pub proxy: Option<String>,
}
