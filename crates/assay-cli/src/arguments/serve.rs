//! Arguments of `assay serve`.

use clap::Args;

#[derive(Debug, Args)]
pub struct Serve {
    /// The port on 127.0.0.1; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = assay_server::PORT)]
    pub port: u16,
    /// Print where it answers as one JSON object
    #[arg(long)]
    pub json: bool,
}
