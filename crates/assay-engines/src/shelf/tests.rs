use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::known::{Known, KnownFile, Role};
use super::manifest::sha256;
use super::{Shelf, State, pull};
use crate::EnginesError;

const WEIGHTS: &[u8] = &[7; 300_000];

/// A hub on this machine: redirects to a file host, which honours ranges, and hangs up after
/// `cut` bytes as often as `cuts` says.
fn hub(stated: &'static str, cut: usize, cuts: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let left = Arc::new(AtomicUsize::new(cuts));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap(), stated, cut, &left);
        }
    });
    address
}

fn serve(mut stream: TcpStream, stated: &str, cut: usize, left: &AtomicUsize) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let mut from = 0;
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().unwrap();
        }
    }
    if first.contains("/resolve/") && !first.contains("model.safetensors") {
        let _ = write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    } else if first.contains("/resolve/") {
        let head = format!("Location: /files/model\r\nX-Linked-Etag: \"{stated}\"\r\n");
        let _ = write!(stream, "HTTP/1.1 302 Found\r\n{head}Content-Length: 0\r\nConnection: close\r\n\r\n");
    } else {
        let body = &WEIGHTS[from..];
        let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
        let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let hang_up = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        let _ = stream.write_all(if hang_up { &body[..cut] } else { body });
    }
}

fn model(sha256: Option<String>) -> Known {
    Known {
        name: "tiny".into(),
        role: Role::Reranker,
        family: "test".into(),
        licence: "CC0".into(),
        max_tokens: 1,
        languages: Vec::new(),
        about: String::new(),
        repository: Some("owner/tiny".into()),
        files: vec![KnownFile { path: "model.safetensors".into(), sha256 }],
        shipped: false,
    }
}

fn right_hash() -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights");
    fs::write(&path, WEIGHTS).unwrap();
    sha256(&path).unwrap()
}

fn fetch(hub: &str, model: &Known, folder: &Path) -> Result<(), EnginesError> {
    pull::pull(hub, model, folder, &mut |_, _, _| ()).map(|_| ())
}

#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub("", 100_000, 2);
    let model = model(Some(right_hash()));
    for so_far in [100_000, 200_000] {
        assert!(matches!(fetch(&hub, &model, folder.path()), Err(EnginesError::Fetch { .. })));
        let part = fs::metadata(folder.path().join("model.safetensors.part")).unwrap().len();
        assert_eq!(part, so_far);
    }
    fetch(&hub, &model, folder.path()).unwrap();
    assert_eq!(fs::read(folder.path().join("model.safetensors")).unwrap(), WEIGHTS);
    assert!(folder.path().join("assay-model.json").is_file());
}

#[test]
fn wrong_bytes_never_take_the_files_name() {
    let other = "0".repeat(64);
    let stated: &'static str = Box::leak(other.clone().into_boxed_str());
    for (model, hub) in [(model(Some(other)), hub("", 0, 0)), (model(None), hub(stated, 0, 0))] {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(fetch(&hub, &model, folder.path()), Err(EnginesError::Damaged { .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left of it");
    }
}

#[test]
fn what_the_hub_does_not_have_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = model(None);
    model.files[0].path = "absent.json".into();
    let error = fetch(&hub("", 0, 0), &model, folder.path()).unwrap_err();
    assert!(error.to_string().contains("does not have it"), "{error}");
}

#[test]
fn imported_models_are_found_verified_and_damage_is_seen() {
    let parent = tempfile::tempdir().unwrap();
    let from = parent.path().join("from");
    fs::create_dir(&from).unwrap();
    let own = parent.path().join("models");
    let shelf = Shelf::at(own.clone(), Vec::new()).unwrap();
    let refused = super::import::import(None, "mine", &from, &own).unwrap_err();
    assert!(refused.to_string().contains("model.safetensors"), "{refused}");

    for (file, text) in [
        ("model.safetensors", "weights"),
        ("config.json", r#"{"architectures":["BertForSequenceClassification"]}"#),
        ("tokenizer.json", "{}"),
        ("pytorch_model.bin", "a pickle"),
    ] {
        fs::write(from.join(file), text).unwrap();
    }
    super::import::import(None, "mine", &from, &own).unwrap();
    assert!(
        matches!(shelf.model("mine"), Err(EnginesError::UnknownModel { .. })),
        "a shelf is what it was when opened"
    );
    let shelf = Shelf::at(own.clone(), Vec::new()).unwrap();
    let mine = shelf.model("mine").unwrap();
    assert_eq!((mine.role, shelf.state(mine)), (Role::Reranker, State::Here(own.join("mine"))));
    assert!(!own.join("mine/pytorch_model.bin").exists());
    shelf.verify("mine").unwrap();

    fs::write(own.join("mine/model.safetensors"), "other weights").unwrap();
    assert!(matches!(shelf.verify("mine"), Err(EnginesError::Damaged { .. })));
}

#[test]
fn a_known_model_with_the_wrong_weights_is_not_imported() {
    let parent = tempfile::tempdir().unwrap();
    let from = parent.path().join("from");
    fs::create_dir(&from).unwrap();
    for file in ["model.safetensors", "config.json", "tokenizer.json"] {
        fs::write(from.join(file), "{}").unwrap();
    }
    let own = parent.path().join("models");
    let shelf = Shelf::at(own.clone(), Vec::new()).unwrap();
    let known = shelf.model("all-MiniLM-L6-v2").unwrap();
    let error = super::import::import(Some(known), &known.name, &from, &own).unwrap_err();
    assert!(matches!(error, EnginesError::Damaged { .. }), "{error}");
    assert_eq!(shelf.state(known), State::NotHere);
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0, "nothing is left of it");
}
