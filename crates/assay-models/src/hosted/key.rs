//! The key of a hosted reranker: in an environment variable, else in the system's key store, never in a file
//! of Assay. The store's own program takes the key over a pipe, so that no list of processes shows it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::error::ModelsError;

/// The environment variable that takes precedence over the key store.
pub const KEY_VARIABLE: &str = "ASSAY_RERANK_KEY";

/// The service under which the store keeps a key for each host.
const SERVICE: &str = "assay-reranker";

/// Where a key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyWhere {
    /// In [`KEY_VARIABLE`].
    Environment,
    /// In the system's key store.
    Store,
}

/// The system's key store: Secret Service through `secret-tool` on Linux, the keychain through
/// `security` on macOS. Other systems have the environment variable.
#[derive(Debug, Clone)]
pub struct KeyStore {
    program: Option<PathBuf>,
    keychain: bool,
}

impl KeyStore {
    /// The store of this system, if there is one.
    pub fn of_this_system() -> Self {
        let (name, keychain) = match std::env::consts::OS {
            "linux" => ("secret-tool", false),
            "macos" => ("security", true),
            _ => return Self { program: None, keychain: false },
        };
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
        Self { program, keychain }
    }

    #[cfg(test)]
    pub(super) fn with(program: PathBuf) -> Self {
        Self { program: Some(program), keychain: false }
    }

    /// The key for a host, and where it was found.
    pub fn key(&self, host: &str) -> Option<(String, KeyWhere)> {
        let named = std::env::var(KEY_VARIABLE).ok().filter(|key| !key.is_empty());
        if let Some(key) = named {
            return Some((key, KeyWhere::Environment));
        }
        let mut command = self.command()?;
        if self.keychain {
            command.args(["find-generic-password", "-s", SERVICE, "-a", host, "-w"]);
        } else {
            command.args(["lookup", "service", SERVICE, "host", host]);
        }
        let output = command.stderr(Stdio::null()).output().ok().filter(|output| output.status.success())?;
        let key = String::from_utf8(output.stdout).ok()?.trim_end_matches(['\n', '\r']).to_owned();
        (!key.is_empty()).then_some((key, KeyWhere::Store))
    }

    /// Keeps a host's key; an empty key deletes the one that is kept.
    ///
    /// # Errors
    /// [`ModelsError::KeyStore`] if there is no store, or if it refuses the key.
    pub fn keep(&self, host: &str, key: &str) -> Result<(), ModelsError> {
        let fault = |reason: &str| ModelsError::KeyStore { reason: reason.to_owned() };
        let mut command = self.command().ok_or_else(|| fault("this system has none that Assay can reach"))?;
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '\\'));
        if !plain(host) || !plain(key) {
            return Err(fault("a key is made of plain letters, digits and signs, without quotes or spaces"));
        }
        let mut input = String::new();
        match (self.keychain, key.is_empty()) {
            (false, true) => drop(command.args(["clear", "service", SERVICE, "host", host])),
            (false, false) => {
                command.args(["store", "--label=Assay reranker", "service", SERVICE, "host", host]);
                input.push_str(key);
            }
            (true, true) => drop(command.args(["delete-generic-password", "-s", SERVICE, "-a", host])),
            (true, false) => {
                command.arg("-i");
                input = format!("add-generic-password -U -s {SERVICE} -a {host} -w {key}\n");
            }
        }
        let started = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| fault(&error.to_string()))?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(input.as_bytes()).map_err(|error| fault(&error.to_string()))?;
        }
        let output = child.wait_with_output().map_err(|error| fault(&error.to_string()))?;
        // Deleting a key that is not there is not a fault.
        if output.status.success() || key.is_empty() {
            return Ok(());
        }
        Err(fault(String::from_utf8_lossy(&output.stderr).trim()))
    }

    fn command(&self) -> Option<Command> {
        self.program.as_ref().map(Command::new)
    }
}
