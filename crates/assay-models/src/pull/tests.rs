#![allow(clippy::print_stdout, reason = "a suite says how many cases it ran")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use assay_domain::Cancel;

use super::{Phase, Progress, PullOptions, RetryPolicy, pull};
use crate::error::ModelsError;
use crate::family::Family;
use crate::known::{Known, KnownFile, Role};
use crate::manifest::{git_blob, sha256};
use crate::network::Network;

/// A safetensors file of 60,000 pseudo-random weights.
fn weights() -> &'static [u8] {
    static WEIGHTS: OnceLock<Vec<u8>> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let header = r#"{"w":{"dtype":"F32","shape":[60000],"data_offsets":[0,240000]}}"#;
        let mut dice = Dice(1);
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend((0..240_000).map(|_| dice.below(256) as u8));
        bytes
    })
}

const CONFIG: &[u8] = br#"{"model_type":"test"}"#;

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 20) % most
    }
}

/// How the hub and the host that it redirects to behave.
#[derive(Clone, Default)]
struct Host {
    /// Bodies that end after so many bytes, one answer after the other.
    cuts: Vec<usize>,
    /// Statuses that the hub answers first, each with `Retry-After: 0`.
    first: Vec<u16>,
    /// A status that the hub answers always.
    always: Option<u16>,
    /// Whether it sends whole files only.
    no_ranges: bool,
    /// The offset of one byte that is changed.
    flipped: Option<usize>,
    /// A length that is stated in place of the true one.
    claims: Option<usize>,
    /// Redirects before the file.
    hops: usize,
    /// The end of a path that the hub does not have.
    lacks: Option<&'static str>,
    /// A hash that the hub states in place of the true one; empty for none.
    stated: Option<String>,
}

struct Hub {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Host {
    fn open(self) -> Hub {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let (count, bodies, host) = (requests.clone(), Arc::new(AtomicUsize::new(0)), Arc::new(self));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let (host, bodies) = (host.clone(), bodies.clone());
                std::thread::spawn(move || host.serve(stream.unwrap(), number, &bodies));
            }
        });
        Hub { address, requests }
    }

    fn serve(&self, mut stream: TcpStream, number: usize, bodies: &AtomicUsize) -> Option<()> {
        let mut lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
        let first = lines.next()?;
        let path = first.split(' ').nth(1)?.to_owned();
        let range = lines.take_while(|line| !line.is_empty()).find_map(|line| {
            let (from, to) = line
                .to_lowercase()
                .strip_prefix("range: bytes=")?
                .split_once('-')
                .map(|(a, b)| (a.to_owned(), b.to_owned()))?;
            Some((from.parse::<usize>().ok()?, to.parse::<usize>().ok()? + 1))
        });
        let mut say = |status: &str, headers: &str| {
            let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).ok()
        };
        if let Some(status) = self.always.or_else(|| self.first.get(number).copied()) {
            return say(&format!("{status} So"), "Retry-After: 0\r\n");
        }
        if self.lacks.is_some_and(|end| path.ends_with(end)) {
            return say("404 No", "");
        }
        let config = path.ends_with("config.json");
        if let Some(hop) = path.strip_prefix("/hop/") {
            let (left, file) = hop.split_once('/')?;
            let left: usize = left.parse().ok()?;
            let next = if left == 0 { format!("/files/{file}") } else { format!("/hop/{}/{file}", left - 1) };
            return say("307 On", &format!("Location: {next}\r\n"));
        }
        if path.contains("/resolve/") {
            let file = path.rsplit('/').next()?;
            let hash = if config { hash_of(CONFIG, git_blob) } else { hash_of(weights(), sha256) };
            let stated = self.stated.clone().filter(|_| !config).unwrap_or(hash);
            let tag = if stated.is_empty() { String::new() } else { format!("X-Linked-Etag: \"{stated}\"\r\n") };
            let next = if self.hops > 0 { format!("/hop/{}/{file}", self.hops - 1) } else { format!("/files/{file}") };
            return say("302 Found", &format!("Location: {next}\r\n{tag}"));
        }
        let mut whole = if config { CONFIG.to_vec() } else { weights().to_vec() };
        if let Some(at) = self.flipped.filter(|_| !config) {
            whole[at] ^= 1;
        }
        let range = range.filter(|_| !self.no_ranges);
        let (from, to) = range.map_or((0, whole.len()), |(from, to)| (from.min(whole.len()), to.min(whole.len())));
        let body = &whole[from..to];
        let total = self.claims.filter(|_| !config).unwrap_or(whole.len());
        let head = match range {
            Some(_) => {
                format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{total}\r\n", to.saturating_sub(1))
            }
            None => "200 OK\r\n".to_owned(),
        };
        let length = if range.is_some() { body.len() } else { body.len() + total - whole.len() };
        let head = format!("HTTP/1.1 {head}Content-Length: {length}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        // A request for one byte is not cut: it carries no progress.
        let cut = if body.len() > 1 { self.cuts.get(bodies.fetch_add(1, Ordering::SeqCst)) } else { None };
        stream.write_all(cut.map_or(body, |cut| &body[..(*cut).min(body.len())])).ok()
    }
}

fn hash_of(bytes: &[u8], hash: fn(&Path) -> std::io::Result<String>) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    hash(file.path()).unwrap()
}

fn model() -> Known {
    Known {
        name: "tiny".into(),
        role: Role::Reranker,
        family: Family::BertCrossEncoder,
        licence: "CC0".into(),
        max_tokens: 1,
        languages: Vec::new(),
        about: String::new(),
        about_zh: String::new(),
        query_prefix: None,
        passage_prefix: None,
        metric: None,
        dimension: None,
        repository: Some("owner/tiny".into()),
        files: vec![KnownFile::from("model.safetensors".to_owned()), KnownFile::from("config.json".to_owned())],
        revision: "main".into(),
        memory: None,
        download: None,
        shipped: false,
        pickled: false,
    }
}

fn options() -> PullOptions {
    let retries = RetryPolicy { tries: 3, first: Duration::from_millis(1) };
    PullOptions { workers: 3, range: 50_000, retries, free: |_| Some(u64::MAX) }
}

fn fetch(hub: &Hub, model: &Known, folder: &Path) -> Result<Vec<Progress>, ModelsError> {
    let network = Network { hub: hub.address.clone(), proxy: None };
    let mut reports = Vec::new();
    pull(&network, model, folder, options(), &Cancel::default(), &mut |progress| reports.push(progress))
        .map(|_| reports)
}

fn is_whole(folder: &Path) -> bool {
    let right = fs::read(folder.join("model.safetensors")).is_ok_and(|bytes| bytes == weights());
    right && folder.join("config.json").is_file() && folder.join("assay-model.json").is_file()
}

#[test]
fn a_download_cut_at_fifty_places_completes() {
    let (mut dice, mut passed) = (Dice(50), 0);
    let cases = 50;
    for case in 0..cases {
        let cuts: Vec<usize> = (0..1 + case % 4).map(|_| dice.below(50_000) as usize).collect();
        let parent = tempfile::tempdir().unwrap();
        let hub = Host { cuts, no_ranges: case % 10 == 9, ..Host::default() }.open();
        // A host that sends whole files only begins anew each time, which may take more tries than allowed.
        let folder = parent.path().join("tiny");
        let reports = (0..4).find_map(|_| fetch(&hub, &model(), &folder).ok()).expect("it never arrived");
        let last = reports.last().unwrap();
        assert_eq!((last.phase, Some(last.done)), (Phase::Checking, last.total), "{last:?}");
        assert!(is_whole(&folder), "case {case}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3, "nothing but the files and their manifest");
        passed += 1;
    }
    println!("downloads cut at random offsets: cases run {cases}, passed {passed}");
}

#[test]
fn an_interrupted_download_resumes_in_the_next_run() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("tiny");
    let cuts = Host { cuts: vec![20_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ..Host::default() };
    assert!(matches!(fetch(&cuts.open(), &model(), &folder), Err(ModelsError::Fetch { .. })));
    assert!(!folder.exists(), "an incomplete model is not installed");
    let reports = fetch(&Host::default().open(), &model(), &folder).unwrap();
    let kept = reports.iter().find(|progress| progress.phase == Phase::Fetching).unwrap().done;
    assert!(kept >= 20_000, "{kept} bytes were kept");
    assert!(is_whole(&folder));
}

#[test]
fn a_bad_reply_never_replaces_a_model() {
    let (mut run, mut passed) = (0, 0);
    let mut check = |host: Host, named: &str| {
        run += 1;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("tiny");
        fetch(&Host::default().open(), &model(), &folder).unwrap();
        // The catalogue's row asks for all files again, and a good copy is there.
        let mut other = model();
        other.files[0].sha256 = Some("f".repeat(64)).filter(|_| host.stated.as_deref() == Some(""));
        fs::remove_file(folder.join("config.json")).unwrap();
        let before = fs::read(folder.join("model.safetensors")).unwrap();
        let fresh = parent.path().join("fresh");
        let error = fetch(&host.clone().open(), &other, &fresh).unwrap_err();
        assert!(error.to_string().contains(named), "{error} should say {named:?}");
        assert!(!fresh.exists(), "{named}");
        let _ = fetch(&host.open(), &other, &folder);
        let after = fs::read(folder.join("model.safetensors")).unwrap();
        assert!(before == after, "{named}: the good copy stays");
        passed += 1;
    };
    let mut dice = Dice(10);
    for _ in 0..10 {
        let at = dice.below(weights().len() as u64) as usize;
        check(Host { flipped: Some(at), ..Host::default() }, "is damaged: its SHA-256");
        check(Host { flipped: Some(at), no_ranges: true, ..Host::default() }, "is damaged: its SHA-256");
    }
    let longer = weights().len() + 1_000;
    check(Host { claims: Some(longer), ..Host::default() }, "could not be fetched");
    check(Host { claims: Some(longer), no_ranges: true, ..Host::default() }, "could not be fetched");
    check(Host { claims: Some(weights().len() - 1_000), ..Host::default() }, "is damaged");
    for status in [401, 403] {
        check(Host { always: Some(status), ..Host::default() }, &format!("answered {status}"));
    }
    check(Host { always: Some(404), ..Host::default() }, "is not there");
    check(Host { always: Some(429), ..Host::default() }, "answered 429");
    check(Host { always: Some(503), ..Host::default() }, "answered 503");
    check(Host { always: Some(418), ..Host::default() }, "answered 418");
    check(Host { hops: 9, ..Host::default() }, "too many redirects");
    check(Host { stated: Some("0".repeat(64)), ..Host::default() }, "is damaged");
    check(Host { stated: Some("not a hash".into()), ..Host::default() }, "without a hash");
    check(Host { stated: Some(String::new()), ..Host::default() }, "is damaged");
    println!("downloads from hosts that err: cases run {run}, passed {passed}");
}

#[test]
fn passing_faults_are_retried() {
    let (mut run, mut passed) = (0, 0);
    for (first, no_ranges, hops) in [
        (vec![429], false, 0),
        (vec![503, 500], false, 0),
        (vec![429, 502], true, 0),
        (vec![], true, 3),
        (vec![], false, 4),
    ] {
        run += 1;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("tiny");
        fetch(&Host { first, no_ranges, hops, ..Host::default() }.open(), &model(), &folder).unwrap();
        assert!(is_whole(&folder));
        passed += 1;
    }
    println!("downloads that wait out what passes: cases run {run}, passed {passed}");
}

#[test]
fn local_files_are_not_fetched_again() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("tiny");
    let hub = Host::default().open();
    fetch(&hub, &model(), &folder).unwrap();
    let before = hub.requests.load(Ordering::SeqCst);
    fetch(&hub, &model(), &folder).unwrap();
    // Two files, each asked about once, at the hub and at the file's host.
    assert_eq!(hub.requests.load(Ordering::SeqCst) - before, 4);
    assert!(is_whole(&folder));
}

#[test]
fn an_optional_file_is_fetched_where_the_hub_has_it() {
    let parent = tempfile::tempdir().unwrap();
    let mut model = model();
    model.files.push(KnownFile { optional: true, ..KnownFile::from("1_Pooling/config.json".to_owned()) });
    for (lacks, name, there) in [(None, "with", true), (Some("1_Pooling/config.json"), "without", false)] {
        let folder = parent.path().join(name);
        fetch(&Host { lacks, ..Host::default() }.open(), &model, &folder).unwrap();
        assert!(is_whole(&folder));
        assert_eq!(folder.join("1_Pooling/config.json").is_file(), there, "{name}");
    }
    let error = fetch(
        &Host { lacks: Some("tiny/resolve/main/config.json"), ..Host::default() }.open(),
        &model,
        &parent.path().join("needed"),
    );
    assert!(matches!(error, Err(ModelsError::NotOnHub { .. })), "{error:?}");
}

#[test]
fn a_full_disk_and_a_stop_lose_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("tiny");
    let hub = Host::default().open();
    let network = Network { hub: hub.address.clone(), proxy: None };
    let full = PullOptions { free: |_| Some(1_000), ..options() };
    let error = pull(&network, &model(), &folder, full, &Cancel::default(), &mut |_| ()).unwrap_err();
    assert!(matches!(error, ModelsError::DiskFull { free: 1_000, .. }), "{error}");

    let cancel = Cancel::default();
    let button = cancel.clone();
    let mut stop = move |_| button.stop();
    let error = pull(&network, &model(), &folder, options(), &cancel, &mut stop).unwrap_err();
    assert!(matches!(error, ModelsError::Stopped), "{error}");
    assert!(!folder.exists());
}

#[test]
fn a_bad_proxy_is_reported() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("tiny");
    let bad = Network { hub: "http://hub.example".into(), proxy: Some("::".into()) };
    let error = pull(&bad, &model(), &folder, options(), &Cancel::default(), &mut |_| ()).unwrap_err();
    assert!(matches!(error, ModelsError::BadAddress { .. }), "{error}");
}
