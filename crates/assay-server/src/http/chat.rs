//! `/v1/chat/completions`: answers from the library, whole or while they are written.

use std::convert::Infallible;

use assay_app::{App, AskOptions, Cancel, Failure};
use assay_contract::{AskEvent, AskReply, AskRequest};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{Stream, StreamExt, unfold};
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::dialect::Dialect;
use crate::dialect::chat::{Chat, Writer, read};
use crate::dialect::openai;
use crate::interface::{Interface, failed};
use crate::on_demand::Lease;
use crate::search::known;
use crate::stop::StopOnDrop;

/// `POST /v1/chat/completions`
pub async fn chat(State(interface): State<Interface>, body: Bytes) -> Response {
    let chat = match read(&body) {
        Ok(chat) => chat,
        Err(message) => return Dialect::OpenAi.error(StatusCode::BAD_REQUEST, &message),
    };
    let app = match open(&interface, &chat).await {
        Ok(app) => app,
        Err(failure) => return failed(Dialect::OpenAi, &failure),
    };
    let cancel = StopOnDrop(Cancel::default());
    if chat.stream {
        return Sse::new(streamed(app, chat, cancel)).keep_alive(KeepAlive::default()).into_response();
    }
    match ask(&app, &chat, &cancel.0, &mut |_| ()).await {
        Ok(reply) => Json(Writer::new(&chat).whole(&reply)).into_response(),
        Err(failure) => failed(Dialect::OpenAi, &failure),
    }
}

async fn open(interface: &Interface, chat: &Chat) -> Result<Lease, Failure> {
    let app = interface.library.app().await?;
    if let Some(collection) = &chat.collection {
        known(&app, collection).await?;
    }
    Ok(app)
}

/// Nothing is kept of the question.
async fn ask(
    app: &App,
    chat: &Chat,
    cancel: &Cancel,
    on: &mut (dyn FnMut(AskEvent) + Send),
) -> Result<AskReply, Failure> {
    let request = AskRequest {
        question: chat.question.clone(),
        collection: chat.collection.clone(),
        conversation: None,
        rerank: None,
        keep: None,
        retrieve: None,
        follow_up: None,
    };
    let options = AskOptions { forget: true, ..AskOptions::default() };
    app.ask_after(&request, chat.earlier.clone(), options, cancel, on).await
}

/// The pieces of an answer. The question stops when the client leaves, because the stream is dropped then.
fn streamed(app: Lease, chat: Chat, cancel: StopOnDrop) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let (sender, receiver) = unbounded_channel();
    let stop = cancel.0.clone();
    tokio::spawn(async move { write(&app, &chat, &stop, &sender).await });
    unfold((receiver, cancel), |(mut receiver, cancel)| async move {
        let piece: String = receiver.recv().await?;
        Some((piece, (receiver, cancel)))
    })
    .map(|piece| Ok(Event::default().data(piece)))
}

async fn write(app: &App, chat: &Chat, cancel: &Cancel, to: &UnboundedSender<String>) {
    let writer = Writer::new(chat);
    send(to, &writer.begin());
    let mut written = String::new();
    let mut on = |event: AskEvent| {
        if let AskEvent::Text { text } = event {
            written.push_str(&text);
            send(to, &writer.more(text));
        }
    };
    match ask(app, chat, cancel, &mut on).await {
        Ok(reply) => {
            // A refusal and an answer from the list of files come at once and not in pieces.
            if written.is_empty() {
                send(to, &writer.more(reply.answer.text.clone()));
            }
            send(to, &writer.end(&reply));
        }
        Err(failure) => {
            send(to, &openai::error(StatusCode::INTERNAL_SERVER_ERROR, &failure.to_string()));
        }
    }
    drop(to.send("[DONE]".to_owned()));
}

/// Sends a piece; the receiver of a client that left is gone.
fn send(to: &UnboundedSender<String>, piece: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(piece) {
        drop(to.send(text));
    }
}
