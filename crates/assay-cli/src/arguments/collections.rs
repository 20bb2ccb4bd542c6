//! The arguments of `collections`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Collections {
    #[command(subcommand)]
    pub action: Option<CollectionAction>,
    /// One JSON object: the collections, as they are after a change
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum CollectionAction {
    /// Give a collection another name
    Rename {
        /// Its name
        old: String,
        /// The name that it gets
        new: String,
    },
    /// Move documents, or watched folders with their documents, to a collection; a new name creates one
    Move {
        /// The collection
        to: String,
        /// Numbers from `assay documents`
        #[arg(required_unless_present = "folder")]
        ids: Vec<i64>,
        /// A watched folder, or its number from `assay folders`; may be repeated
        #[arg(long, value_name = "FOLDER")]
        folder: Vec<PathBuf>,
    },
}
