//! Commands of questions and saved conversations.

use assay_app::{AskOptions, Cancel};
use assay_contract::{AskEvent, AskReply, AskRequest, ConversationRow, PassageView, TurnRow};
use tauri::State;
use tauri::ipc::Channel;

use super::reply::{Reply, opened, reply};
use crate::managed::Managed;

#[tauri::command]
pub async fn ask(managed: State<'_, Managed>, request: AskRequest, events: Channel<AskEvent>) -> Reply<AskReply> {
    let app = opened(&managed)?;
    // The question is answered and saved even if the page is gone.
    let mut forward = |event| drop(events.send(event));
    reply(app.ask(&request, AskOptions::default(), &Cancel::default(), &mut forward).await)
}

#[tauri::command]
pub fn stop_ask(managed: State<'_, Managed>) -> Reply<()> {
    opened(&managed)?.stop_ask();
    Ok(())
}

#[tauri::command]
pub async fn passage(managed: State<'_, Managed>, chunk: String) -> Reply<PassageView> {
    reply(opened(&managed)?.passage(&chunk).await)
}

#[tauri::command]
pub async fn conversations(managed: State<'_, Managed>) -> Reply<Vec<ConversationRow>> {
    reply(opened(&managed)?.conversations().await)
}

#[tauri::command]
pub async fn find_conversations(managed: State<'_, Managed>, words: String) -> Reply<Vec<ConversationRow>> {
    reply(opened(&managed)?.find_conversations(&words).await)
}

#[tauri::command]
pub async fn turns(managed: State<'_, Managed>, conversation: i64) -> Reply<Vec<TurnRow>> {
    reply(opened(&managed)?.turns(conversation).await)
}

#[tauri::command]
pub async fn delete_conversation(managed: State<'_, Managed>, conversation: i64) -> Reply<Vec<ConversationRow>> {
    let app = opened(&managed)?;
    reply(app.delete_conversation(conversation).await)?;
    reply(app.conversations().await)
}
