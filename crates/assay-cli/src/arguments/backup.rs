//! The arguments of `backup` and `restore`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write; an earlier backup of that name is replaced
    pub file: PathBuf,
    /// With the index; without it, a restore fills it again from the stored text
    #[arg(long)]
    pub index: bool,
    /// With downloaded and imported models
    #[arg(long)]
    pub models: bool,
    /// Replace a file that is no backup
    #[arg(long)]
    pub force: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// A file from `assay backup`, or the name of a snapshot from --list; the newest snapshot with text if absent. A
    /// snapshot takes the place of the catalogue, which is kept in damaged/
    #[arg(value_name = "FILE|SNAPSHOT")]
    pub what: Option<PathBuf>,
    /// Move the files of a backup from a folder of the old machine to one of this machine; may be repeated
    #[arg(long, value_name = "OLD=NEW", value_parser = old_and_new, requires = "what")]
    pub root: Vec<(String, String)>,
    /// Only list the snapshots, or show what is in a backup
    #[arg(long)]
    pub list: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

/// `OLD=NEW`; NEW becomes absolute.
fn old_and_new(text: &str) -> Result<(String, String), String> {
    let (old, new) = text.split_once('=').ok_or("write the old folder, =, and the new one")?;
    if old.is_empty() || new.is_empty() {
        return Err("neither folder may be empty".to_owned());
    }
    let new = std::path::absolute(new).map_err(|error| error.to_string())?;
    let new = new.to_str().ok_or("the new folder's name is not UTF-8")?;
    Ok((old.to_owned(), new.to_owned()))
}
