//! The arguments of `remote`.

use assay_contract::RemoteAddress;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Remote {
    #[command(subcommand)]
    pub action: RemoteAction,
    /// One JSON object: how the library is shared, after the command
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum RemoteAction {
    /// Publish this library at an object store from now on; what it holds is published at once
    Create(AddressArgs),
    /// Follow the library at an object store: from an empty data folder, such as a new one named with --data
    Join(AddressArgs),
    /// Publish what changed, or mirror what is published, now
    Sync,
    /// Show who publishes, how far the mirror is, what is cached and what it has cost
    Status {
        /// Do not ask the store
        #[arg(long)]
        offline: bool,
    },
    /// Take over publishing, once the lease of the machine that published has ended
    Take,
    /// Share the library no longer: nothing at the store is deleted, and what is on this machine stays
    Leave,
}

#[derive(Debug, Args)]
pub struct AddressArgs {
    /// s3://BUCKET/PREFIX
    pub url: String,
    /// Address of a store that is not Amazon's, such as https://store.example:9000
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Region of the bucket; that of the environment or the profile if absent
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// Reach the endpoint without encryption
    #[arg(long)]
    pub allow_http: bool,
}

impl From<AddressArgs> for RemoteAddress {
    fn from(written: AddressArgs) -> Self {
        let AddressArgs { url, endpoint, region, allow_http } = written;
        Self { url, endpoint, region, allow_http }
    }
}
