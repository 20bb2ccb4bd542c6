//! `/v1/chat/completions` and `/v1/responses`: answers from the library, whole or while they are written.

use std::convert::Infallible;

use assay_app::{AskOptions, Cancel, Failure, Session};
use assay_contract::call::{self, OtherModels};
use assay_contract::{AskEvent, AskReply, AskRequest};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{Stream, StreamExt, unfold};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::dialect::Dialect;
use crate::dialect::chat::{self, ChatWriter};
use crate::dialect::question::Question;
use crate::dialect::responses::{self, ResponsesWriter};
use crate::dialect::writer::{Piece, Writer};
use crate::interface::{Interface, failed};
use crate::on_demand::Lease;
use crate::search::known;
use crate::stop::StopOnDrop;

/// `POST /v1/chat/completions`
pub async fn chat(State(interface): State<Interface>, body: Bytes) -> Response {
    match chat::read(&body) {
        Ok(question) => answer(&interface, Box::new(ChatWriter::new(&question)), question).await,
        Err(message) => Dialect::OpenAi.error(StatusCode::BAD_REQUEST, &message),
    }
}

/// `POST /v1/responses`
pub async fn responses(State(interface): State<Interface>, body: Bytes) -> Response {
    match responses::read(&body) {
        Ok(question) => answer(&interface, Box::new(ResponsesWriter::new(&question)), question).await,
        Err(message) => Dialect::OpenAi.error(StatusCode::BAD_REQUEST, &message),
    }
}

async fn answer(interface: &Interface, mut writer: Box<dyn Writer>, question: Question) -> Response {
    let session = match open(interface, &question).await {
        Ok(session) => session,
        Err(failure) => return failed(Dialect::OpenAi, &failure),
    };
    let cancel = StopOnDrop(Cancel::default());
    if question.stream {
        return Sse::new(streamed(session, question, writer, cancel)).keep_alive(KeepAlive::default()).into_response();
    }
    match ask(&session, &question, &cancel.0, &mut |_| ()).await {
        Ok(reply) => writer.whole(&reply),
        Err(failure) => failed(Dialect::OpenAi, &failure),
    }
}

async fn open(interface: &Interface, question: &Question) -> Result<Lease, Failure> {
    let session = interface.library.session().await?;
    if let Some(collection) = &question.collection {
        known(&session, collection).await?;
    }
    Ok(session)
}

/// Nothing is kept of the question.
async fn ask(
    session: &Session,
    question: &Question,
    cancel: &Cancel,
    on: &mut (dyn FnMut(AskEvent) + Send),
) -> Result<AskReply, Failure> {
    let request = AskRequest {
        question: question.text.clone(),
        collection: question.collection.clone(),
        ..AskRequest::default()
    };
    let options = AskOptions { forget: true, ..AskOptions::default() };
    let earlier = Some(question.earlier.clone());
    session.run(call::Ask { request, earlier, options, models: OtherModels::default() }, cancel, on).await
}

/// The pieces of an answer. The question stops when the client leaves, because the stream is dropped then.
fn streamed(
    session: Lease,
    question: Question,
    writer: Box<dyn Writer>,
    cancel: StopOnDrop,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let (sender, receiver) = unbounded_channel();
    let stop = cancel.0.clone();
    tokio::spawn(async move { write(&session, &question, writer, &stop, &sender).await });
    unfold((receiver, cancel), |(mut receiver, cancel)| async move {
        let piece: Piece = receiver.recv().await?;
        Some((piece, (receiver, cancel)))
    })
    .map(|piece| {
        let event = piece.event.map_or_else(Event::default, |name| Event::default().event(name));
        Ok(event.data(piece.data))
    })
}

async fn write(
    session: &Session,
    question: &Question,
    mut writer: Box<dyn Writer>,
    cancel: &Cancel,
    to: &UnboundedSender<Piece>,
) {
    send(to, writer.begin());
    let mut is_written = false;
    let mut on = |event: AskEvent| {
        if let AskEvent::Text { text } = event {
            is_written = true;
            send(to, writer.more(text));
        }
    };
    let answered = ask(session, question, cancel, &mut on).await;
    match answered {
        Ok(reply) => {
            // A refusal and an answer from the list of files come at once and not in pieces.
            if !is_written {
                send(to, writer.more(reply.answer.text.clone()));
            }
            send(to, writer.end(&reply));
        }
        Err(failure) => send(to, writer.failed(&failure)),
    }
}

/// Sends pieces; the receiver of a client that left is gone.
fn send(to: &UnboundedSender<Piece>, pieces: Vec<Piece>) {
    for piece in pieces {
        drop(to.send(piece));
    }
}
