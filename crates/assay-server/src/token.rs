//! The token that every request needs: made once for a data folder, in a file that its owner alone can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use assay_app::{Failure, Problem};
use rmcp::transport::common::server_side_http::session_id;

/// Name of the file in the data folder.
const FILE: &str = "interface-token";

/// A token, as its hash. Hashes are compared in constant time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(blake3::Hash);

impl Token {
    /// The token of a data folder, made if it has none, and the file it lies in.
    ///
    /// # Errors
    /// Fails if the file cannot be read or made, if it is empty, or if others than its owner can read it.
    pub fn of(data: &Path) -> Result<(Self, PathBuf), Failure> {
        let file = data.join(FILE);
        let fault = |error: io::Error| {
            let message = format!("the token file {} cannot be used: {error}", file.display());
            Failure::new(Problem::NoPermission, message, "check the rights on the data folder")
        };
        match create(&file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (),
            other => other.map_err(fault)?,
        }
        let text = fs::read_to_string(&file).map_err(fault)?;
        if text.trim().is_empty() || is_readable_by_others(&file).map_err(fault)? {
            let message = format!("the token file {} is empty or can be read by others", file.display());
            let action = "delete it: the next start makes a new token, which clients then need";
            return Err(Failure::new(Problem::NoPermission, message, action));
        }
        Ok((Self::from(text.trim()), file))
    }

    /// Whether a request's token is this one. Takes the same time for every wrong one.
    pub fn is(&self, given: &str) -> bool {
        self.0 == blake3::hash(given.as_bytes())
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self(blake3::hash(token.as_bytes()))
    }
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    // Two random UUIDs hold 244 bits from the system's generator.
    let random = format!("{}{}", session_id(), session_id());
    writeln!(file, "assay-{}", blake3::hash(random.as_bytes()).to_hex())?;
    file.sync_all()
}

#[cfg(unix)]
fn is_readable_by_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Elsewhere the data folder lies in the user's own profile.
#[cfg(not(unix))]
fn is_readable_by_others(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Token;

    #[test]
    fn a_folder_keeps_its_token_and_another_has_another() {
        let folder = tempfile::tempdir().unwrap();
        let (token, file) = Token::of(folder.path()).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.trim().len() > 64 && token.is(text.trim()));
        for wrong in ["", "assay-", &text, &text.trim().to_uppercase(), &text.trim()[1..]] {
            assert!(!token.is(wrong), "{wrong}");
        }
        assert_eq!(Token::of(folder.path()).unwrap().0, token);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(Token::of(other.path()).unwrap().0, token);
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_others_can_read_or_that_is_empty_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (_, file) = Token::of(folder.path()).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(Token::of(folder.path()).unwrap_err().action.contains("delete it"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, "\n").unwrap();
        assert!(Token::of(folder.path()).unwrap_err().action.contains("delete it"));
    }
}
