use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assay_domain::Failure;
use assay_domain::port::{PairScore, Reranker, ScoreScale};
use futures::TryStreamExt;

use super::{HostedForm, HostedReranker, HostedSettings, KeyStore, KeyWhere};
use crate::error::ModelsError;

/// A host that gives these answers in turn and repeats the last one; it keeps the requests.
fn host(answers: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = asked.clone();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut request, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                    break;
                }
                if let Some(stated) = line.to_lowercase().strip_prefix("content-length:") {
                    length = stated.trim().parse().unwrap();
                }
                request.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            request.push_str(&String::from_utf8(body).unwrap());
            kept.lock().unwrap().push(request);
            let answer = &answers[number.min(answers.len() - 1)];
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, asked)
}

fn says(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn open(form: HostedForm, url: &str, key: Option<&str>) -> Result<HostedReranker, ModelsError> {
    let settings = HostedSettings { form, url: url.into(), model: "m-1".into(), time: Duration::from_secs(5) };
    HostedReranker::open(&settings, key.map(str::to_owned))
}

fn ask(reranker: &HostedReranker, passages: &[&str]) -> Result<Vec<PairScore>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let passages = passages.iter().map(|text| (*text).to_owned()).collect();
    let batches: Vec<_> = runtime.block_on(reranker.score("why?".into(), passages).try_collect())?;
    Ok(batches.concat())
}

const RELEVANCE: &str = r#"{"results":[{"index":1,"relevance_score":0.75},{"index":0,"relevance_score":0.25}]}"#;
const LOGITS: &str = r#"[{"index":1,"score":3.5},{"index":0,"score":-7.25}]"#;

#[test]
fn each_form_is_asked_in_its_own_way_and_keeps_its_own_scale() {
    for (form, body, path, scale, logits) in [
        (HostedForm::Cohere, RELEVANCE, "POST /v2/rerank ", ScoreScale::LogOdds, [(1f32 / 3.0).ln(), 3f32.ln()]),
        (HostedForm::Jina, RELEVANCE, "POST /v1/rerank ", ScoreScale::LogOdds, [(1f32 / 3.0).ln(), 3f32.ln()]),
        (HostedForm::Tei, LOGITS, "POST /rerank ", ScoreScale::Logit, [-7.25, 3.5]),
    ] {
        let (url, asked) = host(vec![says("200 OK", body)]);
        let reranker = open(form, &format!("{url}/"), Some("secret")).unwrap();
        assert_eq!(reranker.scale(), scale);
        let scores = ask(&reranker, &["first", "second"]).unwrap();
        for (place, (score, wanted)) in scores.iter().zip(logits).enumerate() {
            assert!(score.index == place && (score.logit - wanted).abs() < 1e-6, "{form:?}: {scores:?}");
        }
        let asked = asked.lock().unwrap().concat();
        assert!(asked.starts_with(path) && asked.contains("Bearer secret"), "{asked}");
        let asked: String = asked.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(asked.contains(r#""query":"why?""#) && asked.contains(r#"["first","second"]"#), "{asked}");
        assert_eq!(asked.contains(r#""model":"m-1""#), form != HostedForm::Tei, "{asked}");
        assert_eq!(asked.contains(r#""raw_scores":true"#), form == HostedForm::Tei, "{asked}");
    }
}

#[test]
fn a_relevance_comes_back_from_its_logit_and_rounded_ends_keep_the_order() {
    let values = [0.0, 1e-12, 0.3, 0.999, 1.0];
    let rows: Vec<String> =
        values.iter().enumerate().map(|(i, p)| format!(r#"{{"index":{i},"relevance_score":{p}}}"#)).collect();
    let (url, _) = host(vec![says("200 OK", &format!(r#"{{"results":[{}]}}"#, rows.join(",")))]);
    let scores = ask(&open(HostedForm::Cohere, &url, None).unwrap(), &["a", "b", "c", "d", "e"]).unwrap();
    for (score, value) in scores.iter().zip(values) {
        assert!((f64::from(assay_domain::score::sigmoid(score.logit)) - value).abs() < 1e-6, "{score:?} of {value}");
    }
    assert!(scores.is_sorted_by(|a, b| a.logit < b.logit && b.logit.is_finite()), "{scores:?}");
}

#[test]
fn passing_faults_are_retried() {
    let busy = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let cut =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", LOGITS.len(), &LOGITS[..9]);
    let (url, asked) = host(vec![busy.into(), cut, says("200 OK", LOGITS)]);
    assert_eq!(ask(&open(HostedForm::Tei, &url, None).unwrap(), &["a", "b"]).unwrap().len(), 2);
    assert_eq!(asked.lock().unwrap().len(), 3);
}

#[test]
fn many_passages_go_in_several_requests() {
    let rows: Vec<String> = (0..32).map(|i| format!(r#"{{"index":{i},"score":{i}}}"#)).collect();
    let (all, rest) = (format!("[{}]", rows.join(",")), format!("[{}]", rows[..8].join(",")));
    let (url, asked) = host(vec![says("200 OK", &all), says("200 OK", &rest)]);
    let scores = ask(&open(HostedForm::Tei, &url, None).unwrap(), &["text"; 40]).unwrap();
    assert_eq!((scores.len(), scores[39].index, scores[39].logit), (40, 39, 7.0));
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn a_bad_reply_is_reported_with_its_fault() {
    let check = |form: HostedForm, status: &str, body: &str, named: &str| {
        let (url, _) = host(vec![says(status, body)]);
        let failure = ask(&open(form, &url, None).unwrap(), &["a", "b"]).unwrap_err();
        assert!(failure.to_string().contains(named), "{failure} should say {named:?}");
    };
    check(HostedForm::Tei, "200 OK", r#"[{"index":0,"score":1}]"#, "1 of 2 passages without a score");
    check(HostedForm::Tei, "200 OK", r#"[{"index":0,"score":1},{"index":0,"score":2}]"#, "passage 0 twice");
    check(HostedForm::Tei, "200 OK", r#"[{"index":0,"score":1},{"index":7,"score":2}]"#, "passage 7");
    check(HostedForm::Tei, "200 OK", r#"[{"index":0,"sco"#, "cut short");
    check(HostedForm::Cohere, "200 OK", LOGITS, "not of the form");
    check(HostedForm::Tei, "200 OK", r#"[{"index":0,"score":1e300},{"index":1,"score":2}]"#, "as a logit");
    let beyond = r#"{"results":[{"index":0,"relevance_score":1.5},{"index":1,"relevance_score":0.1}]}"#;
    check(HostedForm::Jina, "200 OK", beyond, "between 0 and 1");
    check(HostedForm::Jina, "401 Unauthorized", "", "key");
    check(HostedForm::Jina, "422 Unprocessable", "batch too large", "batch too large");
    check(HostedForm::Jina, "302 Found", "", "302");
}

#[test]
fn a_host_that_does_not_answer_in_time_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let settings = HostedSettings { form: HostedForm::Tei, url, model: String::new(), time: Duration::from_millis(50) };
    let failure = ask(&HostedReranker::open(&settings, None).unwrap(), &["a"]).unwrap_err();
    assert!(failure.message.contains("did not answer"), "{failure}");
}

#[test]
fn bad_addresses_are_refused_and_the_device_says_where_text_goes() {
    for (url, key, named) in [
        ("api.example.org", None, "https://"),
        ("ftp://api.example.org", None, "https://"),
        ("http://api.example.org", Some("k"), "unsealed"),
        ("https://user@api.example.org", None, "https://"),
        ("https://user:sec/ret@api.example.org", None, "https://"),
    ] {
        let error = open(HostedForm::Jina, url, key).err().unwrap();
        assert!(error.to_string().contains(named), "{error}");
    }
    let away = open(HostedForm::Jina, "https://api.example.org", Some("k")).unwrap();
    assert!(away.leaves_this_machine() && away.identity().device.contains("leave this machine"));
    assert_eq!(away.identity().name, "m-1 at api.example.org");
    for url in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080"] {
        assert!(!open(HostedForm::Jina, url, Some("k")).unwrap().leaves_this_machine(), "{url}");
    }
}

/// A fake `secret-tool` that keeps its secret in a file and notes its arguments.
#[cfg(unix)]
#[test]
fn a_key_goes_to_the_store_over_a_pipe_and_comes_back() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (program, kept) = (folder.path().join("secret-tool"), folder.path().join("kept"));
    let (kept_, notes) = (kept.display(), folder.path().join("notes"));
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {}\ncase $1 in store) cat > {kept_};; lookup) cat {kept_};; clear) rm {kept_};; esac\n",
        notes.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let store = KeyStore::with(program);
    assert_eq!(store.key("host"), None);
    store.keep("host", "a-secret").unwrap();
    assert_eq!(store.key("host"), Some(("a-secret".to_owned(), KeyWhere::Store)));
    store.keep("host", "").unwrap();
    assert_eq!(store.key("host"), None);
    assert!(!std::fs::read_to_string(notes).unwrap().contains("a-secret"), "no list of processes may show it");
    assert!(store.keep("host", "two words").is_err());
}
