//! Each kind of misbehaviour of a child ends in a named error, in time.

use std::ffi::OsString;
use std::io::Write;
use std::time::{Duration, Instant};

use assay_domain::{Failure, Problem};
use assay_process::{Child, Limits, WorkerCommand, WorkerError};

const LIMITS: Limits = Limits {
    deadline_total: Duration::from_secs(4),
    deadline_quiet: Duration::from_secs(2),
    memory_bytes: 512 << 20,
    output_bytes: 8 << 20,
};

fn probe(args: &[&str]) -> WorkerCommand {
    WorkerCommand {
        program: env!("CARGO_BIN_EXE_assay-process-probe").into(),
        args: args.iter().map(OsString::from).collect(),
        env: vec![("RUST_BACKTRACE".into(), "0".into())],
    }
}

async fn ask(child: &mut Child, request: &str) -> Result<Vec<String>, WorkerError> {
    child.send(&request).await?;
    let mut replies = Vec::new();
    while let Some(reply) = child.receive().await? {
        replies.push(reply);
    }
    Ok(replies)
}

#[tokio::test]
async fn answers_one_request_after_another() {
    let mut child = Child::spawn(&probe(&[]), &LIMITS).await.unwrap();
    let long = "灯".repeat(500_000);
    for (request, expected) in [
        ("echo hello".to_owned(), vec!["hello".to_owned()]),
        ("nothing".to_owned(), vec![]),
        ("count 3".to_owned(), vec!["0".into(), "1".into(), "2".into()]),
        ("print this is not a frame".to_owned(), vec!["printed".to_owned()]),
        (format!("echo {long}"), vec![long]),
    ] {
        assert_eq!(ask(&mut child, &request).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn misbehaviour_is_named_in_time() {
    for (request, problem, text) in [
        ("sleep", Problem::TimedOut, "nothing was heard"),
        ("tick", Problem::TimedOut, "not done after 4 s"),
        ("hog", Problem::OutOfMemory, "more than its 512 MiB"),
        ("abort", Problem::ReaderDied, "signal 6 (abort)"),
        ("panic", Problem::ReaderDied, "asked to panic"),
        ("exit", Problem::ReaderDied, "exit code 7"),
        ("overflow", Problem::ReaderDied, "overflowed its stack"),
        ("flood", Problem::TooLarge, "more than 8388608 bytes"),
    ] {
        let mut child = Child::spawn(&probe(&[]), &LIMITS).await.unwrap();
        let begun = Instant::now();
        let error = ask(&mut child, request).await.expect_err(request);
        assert!(
            begun.elapsed() < LIMITS.deadline_total + Duration::from_secs(2),
            "{request} took {:?}",
            begun.elapsed()
        );
        let failure = Failure::from(error);
        assert_eq!(failure.problem, problem, "{request}: {failure}");
        assert!(failure.message.contains(text), "{request}: {failure}");
        let again = ask(&mut child, "echo hello").await;
        assert!(again.is_err(), "{request}: the child still answers");
    }
}

#[tokio::test]
async fn programs_that_do_not_greet_are_refused() {
    for (args, text) in [
        (&["garbage"][..], "did not greet"),
        (&["huge-frame"], "did not greet"),
        (&["mute"], "nothing was heard"),
        (&["gone"], "exit code 3"),
    ] {
        let error = Child::spawn(&probe(args), &LIMITS).await.expect_err(args[0]);
        assert!(error.to_string().contains(text), "{args:?}: {error}");
    }
    let missing = WorkerCommand { program: "no-such-program".into(), args: vec![], env: vec![] };
    let error = Child::spawn(&missing, &LIMITS).await.expect_err("no-such-program");
    assert!(matches!(error, WorkerError::Spawn { .. }), "{error}");
}

#[tokio::test]
async fn a_reply_of_another_type_is_refused() {
    let mut child = Child::spawn(&probe(&[]), &LIMITS).await.unwrap();
    child.send(&"number").await.unwrap();
    let error = child.receive::<u32>().await.expect_err("a word is not a number");
    assert!(matches!(error, WorkerError::BadFrame { .. }), "{error}");
}

#[tokio::test]
async fn a_request_that_is_too_long_is_refused_and_the_child_still_answers() {
    let mut child = Child::spawn(&probe(&[]), &LIMITS).await.unwrap();
    let error = child.send(&"x".repeat(17 << 20)).await.expect_err("17 MiB");
    assert!(matches!(&error, WorkerError::BadRequest { cause } if cause.contains("16777216")), "{error}");
    assert_eq!(ask(&mut child, "echo hello").await.unwrap(), ["hello"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn dropping_the_child_ends_it() {
    let mut child = Child::spawn(&probe(&[]), &LIMITS).await.unwrap();
    child.send(&"sleep").await.unwrap();
    let status = format!("/proc/{}/stat", child.id().unwrap());
    drop(child);
    let begun = Instant::now();
    // A process that has ended but was not yet waited for is in state Z.
    while std::fs::read_to_string(&status).is_ok_and(|status| !status.contains(") Z ")) {
        assert!(begun.elapsed() < Duration::from_secs(5), "the child still runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn a_child_whose_parent_is_gone_ends_in_the_middle_of_its_job() {
    let frame = |kind: u8, json: &str| {
        let length = json.len() as u32 + 1;
        [&length.to_le_bytes()[..], &[kind], json.as_bytes()].concat()
    };
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_assay-process-probe"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&frame(b'G', r#"{"assay_process":1,"memory_bytes":1073741824}"#)).unwrap();
    input.write_all(&frame(b'M', r#""sleep""#)).unwrap();
    drop(input);
    let begun = Instant::now();
    let status = child.wait().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10) && status.success(), "{status} after {:?}", begun.elapsed());
}
