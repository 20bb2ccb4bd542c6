//! Arguments of `assay models`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum ModelAction {
    /// List the known models
    List {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show one model with its files
    Show { name: String },
    /// Download a model from the hub; an interrupted download is resumed
    Pull {
        name: String,
        #[command(flatten)]
        source: Source,
    },
    /// List the recommended pairs of embedder and reranker
    Pairs {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Download a recommended pair and choose it in the settings
    Take {
        /// Its name from `assay models pairs`; the one for this machine if absent
        pair: Option<String>,
        #[command(flatten)]
        source: Source,
    },
    /// Import a model from a folder, a packed folder (.zip, .whl) or a .gguf file
    Import {
        name: String,
        from: PathBuf,
        /// Link the files instead of copying them; they must stay where they are
        #[arg(long)]
        link: bool,
    },
    /// Remove a model from the disk
    Remove { name: String },
    /// Compare a model with its checksums
    Verify { name: String },
}

impl ModelAction {
    /// Whether `--json` was given.
    pub fn wants_json(&self) -> bool {
        matches!(self, Self::List { json: true } | Self::Pairs { json: true })
    }
}

/// Where models are downloaded from.
#[derive(Debug, Args)]
pub struct Source {
    /// Address of the hub or a mirror, or a mirror's name: hf-mirror
    #[arg(long, value_name = "URL")]
    pub hub: Option<String>,
    /// http://host:port; the environment's if absent
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
}
