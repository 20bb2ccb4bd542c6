//! Arguments of `assay serve`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct Serve {
    /// The port on 127.0.0.1; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = assay_server::PORT)]
    pub port: u16,
    /// Let requests add files below this folder, and remove documents of it; may be repeated
    #[arg(long, value_name = "FOLDER")]
    pub allow: Vec<PathBuf>,
    /// Print where it answers as one JSON object
    #[arg(long)]
    pub json: bool,
}
