use std::cell::Cell;

use assay_domain::{Failure, Problem};
use tempfile::TempDir;

use super::WriterSession;
use crate::tiny::write_tiny_model;
use crate::{GeneratorOptions, StoppedBy, WriterFailure, WriterProblem, WriterReply, WriterRequest};

#[test]
fn a_model_is_opened_asked_stopped_and_replaced() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tiny.gguf");
    write_tiny_model(&path).unwrap();
    let mut session = WriterSession::default();

    let (system, user) = ("Be brief.".to_owned(), "Where is the pump?".to_owned());
    let write = WriterRequest::Write {
        system: system.clone(),
        user: user.clone(),
        max_tokens: Some(12),
        max_milliseconds: Some(600_000),
    };
    assert!(
        matches!(&ask(&mut session, write.clone(), 99)[..], [WriterReply::Failed { failure }] if failure.problem == WriterProblem::Bug)
    );

    let options = GeneratorOptions { max_answer_tokens: 64, threads: 1, ..GeneratorOptions::default() };
    let open = WriterRequest::Open { path: path.to_string_lossy().into_owned(), options };
    let opened = ask(&mut session, open, 99);
    assert!(
        matches!(&opened[..], [WriterReply::Opened { name, budget, chat_template: true, thinking: false, notice: None }] if name == "tiny writer" && *budget > 1000),
        "{opened:?}"
    );

    let counted = ask(&mut session, WriterRequest::Count { texts: vec!["the pump".into(), String::new()] }, 99);
    assert!(matches!(&counted[..], [WriterReply::Counts { counts }] if counts[0] > 0 && counts[1] == 0), "{counted:?}");

    let written = ask(&mut session, write.clone(), 99);
    let Some((WriterReply::Done { end }, tokens)) = written.split_last() else { panic!("{written:?}") };
    assert_eq!((end.tokens_out, end.stopped_by), (12, StoppedBy::Length));
    assert!(
        !tokens.is_empty()
            && tokens.iter().all(|reply| matches!(reply, WriterReply::Token { text } if !text.is_empty()))
    );

    // The first call is after the prompt, so the fourth is after the third token.
    let stopped = ask(&mut session, write, 4);
    assert!(
        matches!(stopped.last(), Some(WriterReply::Done { end }) if end.stopped_by == StoppedBy::Caller && end.tokens_out == 3),
        "{stopped:?}"
    );
    let late = WriterRequest::Write { system, user, max_tokens: None, max_milliseconds: Some(0) };
    let late = ask(&mut session, late, 99);
    assert!(
        matches!(&late[..], [WriterReply::Done { end }] if end.stopped_by == StoppedBy::Caller && end.tokens_out == 0),
        "{late:?}"
    );
    assert!(ask(&mut session, WriterRequest::Stop, 99).is_empty());

    let absent = WriterRequest::Open { path: "no/such.gguf".into(), options: GeneratorOptions::default() };
    let failed = ask(&mut session, absent, 99);
    assert!(
        matches!(&failed[..], [WriterReply::Failed { failure }] if failure.problem == WriterProblem::ModelMissing),
        "{failed:?}"
    );
}

#[test]
fn requests_and_replies_survive_json() {
    let request: WriterRequest = serde_json::from_str(r#"{"kind":"open","path":"a.gguf"}"#).unwrap();
    assert_eq!(request, WriterRequest::Open { path: "a.gguf".into(), options: GeneratorOptions::default() });
    let failure: WriterFailure = crate::AnswerError::NotOpen.into();
    let replies = [
        WriterReply::Opened {
            name: "泵".into(),
            budget: 7,
            chat_template: false,
            thinking: true,
            notice: Some(failure.clone()),
        },
        WriterReply::Token { text: "a\n“b”".into() },
        WriterReply::Failed { failure: failure.clone() },
    ];
    for reply in replies {
        let line = serde_json::to_string(&reply).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<WriterReply>(&line).unwrap(), reply);
    }
    assert_eq!(Failure::from(failure).problem, Problem::Bug);
}

/// The replies to a request when the `stop_at`th call of `stop` returns true.
fn ask(session: &mut WriterSession, request: WriterRequest, stop_at: usize) -> Vec<WriterReply> {
    let calls = Cell::new(0);
    let stop = || {
        calls.set(calls.get() + 1);
        calls.get() >= stop_at
    };
    let mut replies = Vec::new();
    session.handle(request, &stop, &mut |reply| replies.push(reply));
    replies
}
