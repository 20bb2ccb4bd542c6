//! Calls: the requests that a front end may send to the program that has the library open, each with all that it needs.
//! They cross between processes of one user and never to the screen.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{AskOptions, AskRequest, ExplainRequest, RemoteAddress, WhyRequest};

closed_set! {
    /// What kind of program has a library open.
    FrontEnd {
        /// The window.
        Window = "window",
        /// `assay watch`
        Watch = "watch",
        /// `assay serve`
        Serve = "serve",
        /// `assay mcp`
        Mcp = "mcp",
        /// A command that takes files in or rebuilds the index; it lets others read the library meanwhile.
        Command = "command",
    }
}

/// Cross-encoders in place of those of the settings, for one request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherModels {
    /// Name or folder of the cross-encoder.
    pub reranker: Option<String>,
    /// Name or folder of the second one; empty for none.
    pub second_reranker: Option<String>,
}

/// A path as the system has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NativePath {
    /// Text.
    Text(String),
    /// Bytes that are no UTF-8.
    Bytes(Vec<u8>),
}

impl From<PathBuf> for NativePath {
    fn from(path: PathBuf) -> Self {
        match path.into_os_string().into_string() {
            Ok(text) => Self::Text(text),
            Err(name) => Self::Bytes(name.into_encoded_bytes()),
        }
    }
}

impl From<NativePath> for PathBuf {
    fn from(path: NativePath) -> Self {
        match path {
            NativePath::Text(text) => text.into(),
            #[cfg(unix)]
            NativePath::Bytes(bytes) => <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into(),
            #[cfg(not(unix))]
            NativePath::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        }
    }
}

/// Declares the calls and the enum of all of them.
macro_rules! calls {
    ($($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ty,)* },)+) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name { $($(#[$doc])* pub $field: $kind,)* }

            impl From<$name> for Request {
                fn from(call: $name) -> Self {
                    Self::$name(call)
                }
            }
        )+

        /// Any call.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Request {
            $($(#[$about])* $name($name),)+
        }
    };
}

calls! {
    /// Asks a question.
    Ask {
        /// The question.
        request: AskRequest,
        /// The questions before it, the oldest first, in place of those of its conversation.
        earlier: Option<Vec<String>>,
        /// Options that the window does not have.
        options: AskOptions,
        /// Other cross-encoders than those of the settings.
        models: OtherModels,
    },
    /// Scores a passage without each of its sentences.
    Explain {
        /// The question and the passage.
        request: ExplainRequest,
        /// Another cross-encoder than that of the settings.
        models: OtherModels,
    },
    /// Follows a text through the stages of a question.
    Why {
        /// The question and the text.
        request: WhyRequest,
        /// Other cross-encoders than those of the settings.
        models: OtherModels,
    },
    /// The page of a passage.
    Passage {
        /// The passage.
        chunk: String,
    },
    /// All documents.
    Documents {},
    /// The files that the user removed from watched folders, with their paths.
    RemovedFiles {},
    /// A document as it was read, page by page.
    Document {
        /// Its number.
        document: i64,
    },
    /// Where the file of a document lies.
    DocumentPath {
        /// Its number.
        document: i64,
    },
    /// The names of the collections.
    Collections {},
    /// The collections with how much is in each.
    CollectionRows {},
    /// Renames a collection.
    RenameCollection {
        /// Its name.
        old: String,
        /// Its name from now on.
        new: String,
    },
    /// Moves documents into another collection.
    MoveDocuments {
        /// Their numbers.
        documents: Vec<i64>,
        /// The collection.
        to: String,
    },
    /// Moves a watched folder and its documents into another collection.
    MoveFolder {
        /// Its number.
        folder: i64,
        /// The collection.
        to: String,
    },
    /// The library pane.
    Library {},
    /// The settings as written.
    WrittenSettings {},
    /// What happened to the library itself since it was opened.
    Notices {},
    /// All work that waits or is under way.
    Queue {},
    /// The watched folders.
    Folders {},
    /// Compares the index with the catalogue.
    Check {},
    /// Takes files and folders in.
    Ingest {
        /// Their absolute paths.
        paths: Vec<NativePath>,
        /// The collection that they join.
        collection: String,
    },
    /// Reads documents again, or all that failed or were stopped.
    Retry {
        /// Their numbers; all of those if empty.
        documents: Vec<i64>,
    },
    /// Takes files in again that were removed from watched folders.
    BringBack {
        /// Their numbers.
        removed: Vec<i64>,
    },
    /// Goes on with the work that waits.
    Resume {},
    /// Rebuilds the index with the model and the chunking of the settings.
    Rebuild {},
    /// Scans all watched folders once.
    Rescan {},
    /// Removes documents from the library.
    Remove {
        /// Their numbers.
        documents: Vec<i64>,
    },
    /// Watches a folder from now on.
    WatchFolder {
        /// Its absolute path.
        folder: NativePath,
        /// The collection that its files join.
        collection: String,
    },
    /// Watches a folder no longer.
    UnwatchFolder {
        /// Its number.
        folder: i64,
    },
    /// How the library is shared through an object store.
    RemoteStatus {
        /// Whether to ask the store.
        ask: bool,
    },
    /// Publishes the library at an address from now on.
    RemoteCreate {
        /// The address.
        address: RemoteAddress,
    },
    /// Follows the library at an address from now on.
    RemoteJoin {
        /// The address.
        address: RemoteAddress,
    },
    /// Publishes, or mirrors what is published.
    RemoteSync {},
    /// Takes over publishing.
    RemoteTake {},
    /// Shares the library no longer.
    RemoteLeave {},
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Documents, Ingest, NativePath, Request};

    #[test]
    fn a_call_crosses_as_json_and_comes_back_as_it_was() {
        let paths = vec![NativePath::from(PathBuf::from("/files/灯塔.md")), NativePath::Bytes(vec![b'/', 0xff, b'a'])];
        for request in [Request::from(Documents {}), Request::from(Ingest { paths, collection: "default".to_owned() })]
        {
            let text = serde_json::to_string(&request).unwrap();
            assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request, "{text}");
        }
        assert_eq!(serde_json::to_string(&Request::from(Documents {})).unwrap(), r#"{"documents":{}}"#);
        assert!(serde_json::from_str::<Request>(r#"{"from_a_later_version":{}}"#).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_keeps_its_bytes() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(std::ffi::OsString::from_vec(vec![b'/', 0xff, b'a']));
        let sent = NativePath::from(path.clone());
        assert_eq!(sent, NativePath::Bytes(vec![b'/', 0xff, b'a']));
        assert_eq!(PathBuf::from(sent), path);
    }
}
