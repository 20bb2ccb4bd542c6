//! The commands: contract in, library, contract out. Anything longer than a line or two belongs to
//! the library, where the terminal can use it too.

mod following;
mod looking;
mod manners;

use std::path::PathBuf;
use std::sync::Arc;

use assay_app::{App, AskOptions, Cancel, Failure, problem};
use assay_contract::{
    AskEvent, AskReply, AskRequest, CheckReply, ConversationRow, Hello, LibraryEvent, LibraryView, ModelRegistryView,
    PassageView, ProblemView, PullEvent, Settings, TurnRow,
};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};
use tauri_plugin_dialog::{DialogExt, FilePath};

use crate::{Managed, drops};

type Reply<T> = Result<T, ProblemView>;

/// All of them, by the names that `build.rs` lists.
pub fn handler() -> impl Fn(tauri::ipc::Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        hello,
        watch,
        library,
        choose_files,
        choose_folder,
        add_samples,
        ingest_again,
        remove_documents,
        stop_ingest,
        following::watch_folder,
        following::unwatch_folder,
        following::pause_ingest,
        following::ingest_first,
        rebuild,
        check,
        ask,
        stop_ask,
        passage,
        save_settings,
        choose_writer,
        model_registry,
        pull_model,
        stop_pull,
        import_model,
        verify_model,
        remove_model,
        keep_key,
        conversations,
        turns,
        find_conversations,
        delete_conversation,
        looking::explain,
        looking::stop_explain,
        looking::what_if,
        looking::document,
        looking::original,
        looking::cost,
        looking::mark,
        looking::labels,
        looking::propose_questions,
        looking::accept_question,
        looking::delete_labels,
        looking::import_labels,
        looking::measure,
        looking::runs,
        looking::delete_run,
        looking::triplets,
        looking::save_text,
        looking::print,
        manners::menu_commands,
        manners::menu_shows,
        manners::system_look,
        manners::wear,
        manners::notify,
        manners::open_link,
        manners::show_original,
        manners::open_original
    ]
}

fn opened(managed: &State<'_, Managed>) -> Reply<Arc<App>> {
    managed.opened().cloned().map_err(|failure| problem(&failure))
}

fn reply<T>(result: Result<T, Failure>) -> Reply<T> {
    result.map_err(|failure| problem(&failure))
}

/// What was chosen in one of the system's dialogs; nothing if it was closed.
async fn chosen(open: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<PathBuf> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    open(Box::new(move |chosen| drop(sender.send(chosen))));
    receiver.await.ok().flatten().and_then(|chosen| chosen.into_path().ok())
}

#[tauri::command]
async fn hello(managed: State<'_, Managed>) -> Reply<Hello> {
    reply(opened(&managed)?.hello().await)
}

#[tauri::command]
fn watch(managed: State<'_, Managed>, events: Channel<LibraryEvent>) {
    managed.watchers.add(events);
}

#[tauri::command]
async fn library(managed: State<'_, Managed>) -> Reply<LibraryView> {
    reply(opened(&managed)?.library().await)
}

#[tauri::command]
async fn choose_files(handle: AppHandle, collection: Option<String>) {
    let dialog = handle.dialog().clone();
    dialog.file().pick_files(move |files| take(&handle, files.unwrap_or_default(), collection));
}

#[tauri::command]
async fn choose_folder(handle: AppHandle, collection: Option<String>) {
    let dialog = handle.dialog().clone();
    dialog.file().pick_folder(move |folder| take(&handle, folder.into_iter().collect(), collection));
}

/// Without a collection, or with an empty one, files go where dropped ones go.
fn take(handle: &AppHandle, chosen: Vec<tauri_plugin_dialog::FilePath>, collection: Option<String>) {
    let paths: Vec<PathBuf> = chosen.into_iter().filter_map(|path| path.into_path().ok()).collect();
    if !paths.is_empty() {
        drops::take_into(handle, paths, collection.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
    }
}

#[tauri::command]
fn add_samples(handle: AppHandle) {
    in_background(handle, Job::Samples);
}

#[tauri::command]
fn ingest_again(handle: AppHandle, documents: Vec<i64>) {
    in_background(handle, Job::Again(documents));
}

#[tauri::command]
fn rebuild(handle: AppHandle) {
    in_background(handle, Job::Rebuild);
}

enum Job {
    Samples,
    Again(Vec<i64>),
    Rebuild,
}

/// An ingest of whatever kind, reporting to the pages that watch.
fn in_background(handle: AppHandle, job: Job) {
    tauri::async_runtime::spawn(async move {
        let managed = handle.state::<Managed>();
        let (cancel, mut tell) = (Cancel::default(), |event| managed.watchers.tell(&event));
        let end = match (managed.opened(), job) {
            (Ok(app), Job::Samples) => app.add_samples(&cancel, &mut tell).await,
            (Ok(app), Job::Again(documents)) => app.ingest_again(&documents, &cancel, &mut tell).await,
            (Ok(app), Job::Rebuild) => app.rebuild(&cancel, &mut tell).await,
            (Err(failure), _) => Err(failure),
        };
        managed.watchers.ended(end);
    });
}

#[tauri::command]
async fn remove_documents(managed: State<'_, Managed>, documents: Vec<i64>) -> Reply<LibraryView> {
    let app = opened(&managed)?;
    reply(app.remove(&documents).await)?;
    reply(app.library().await)
}

#[tauri::command]
fn stop_ingest(managed: State<'_, Managed>) -> Reply<()> {
    opened(&managed)?.stop_ingest();
    Ok(())
}

#[tauri::command]
async fn check(managed: State<'_, Managed>) -> Reply<CheckReply> {
    reply(opened(&managed)?.check().await)
}

#[tauri::command]
async fn ask(managed: State<'_, Managed>, request: AskRequest, events: Channel<AskEvent>) -> Reply<AskReply> {
    let app = opened(&managed)?;
    // A page that is gone hears nothing; the question goes to its end and is saved all the same.
    let mut tell = |event| drop(events.send(event));
    reply(app.ask(&request, AskOptions::default(), &Cancel::default(), &mut tell).await)
}

#[tauri::command]
fn stop_ask(managed: State<'_, Managed>) -> Reply<()> {
    opened(&managed)?.stop_ask();
    Ok(())
}

#[tauri::command]
async fn passage(managed: State<'_, Managed>, chunk: String) -> Reply<PassageView> {
    reply(opened(&managed)?.passage(&chunk).await)
}

#[tauri::command]
async fn save_settings(managed: State<'_, Managed>, settings: Settings) -> Reply<Hello> {
    reply(opened(&managed)?.save_settings(settings).await)
}

#[tauri::command]
async fn choose_writer(handle: AppHandle, managed: State<'_, Managed>) -> Reply<Hello> {
    let app = opened(&managed)?;
    let picker = handle.dialog().file().add_filter("GGUF", &["gguf"]);
    match chosen(|done| picker.pick_file(done)).await {
        Some(file) => reply(app.choose_writer(&file).await),
        None => reply(app.hello().await),
    }
}

#[tauri::command]
async fn model_registry(managed: State<'_, Managed>) -> Reply<ModelRegistryView> {
    reply(opened(&managed)?.registry().await)
}

#[tauri::command]
async fn pull_model(managed: State<'_, Managed>, name: String, events: Channel<PullEvent>) -> Reply<ModelRegistryView> {
    let app = opened(&managed)?;
    reply(app.pull_model(&name, &mut |event| drop(events.send(event))).await)
}

#[tauri::command]
fn stop_pull(managed: State<'_, Managed>, name: String) -> Reply<()> {
    opened(&managed)?.stop_pull(&name);
    Ok(())
}

#[tauri::command]
async fn import_model(handle: AppHandle, managed: State<'_, Managed>, folder: bool) -> Reply<ModelRegistryView> {
    let app = opened(&managed)?;
    let dialog = handle.dialog().file();
    let picked = chosen(|done| match folder {
        true => dialog.pick_folder(done),
        false => dialog.add_filter("GGUF", &["gguf"]).pick_file(done),
    });
    match picked.await {
        Some(from) => reply(app.import_model(&from).await),
        None => reply(app.registry().await),
    }
}

#[tauri::command]
async fn verify_model(managed: State<'_, Managed>, name: String) -> Reply<()> {
    reply(opened(&managed)?.verify_model(&name).await)
}

#[tauri::command]
async fn remove_model(managed: State<'_, Managed>, name: String) -> Reply<ModelRegistryView> {
    reply(opened(&managed)?.remove_model(&name).await)
}

#[tauri::command]
async fn keep_key(managed: State<'_, Managed>, key: String) -> Reply<ModelRegistryView> {
    reply(opened(&managed)?.keep_key(&key).await)
}

#[tauri::command]
async fn conversations(managed: State<'_, Managed>) -> Reply<Vec<ConversationRow>> {
    reply(opened(&managed)?.conversations().await)
}

#[tauri::command]
async fn find_conversations(managed: State<'_, Managed>, words: String) -> Reply<Vec<ConversationRow>> {
    reply(opened(&managed)?.find_conversations(&words).await)
}

#[tauri::command]
async fn turns(managed: State<'_, Managed>, conversation: i64) -> Reply<Vec<TurnRow>> {
    reply(opened(&managed)?.turns(conversation).await)
}

#[tauri::command]
async fn delete_conversation(managed: State<'_, Managed>, conversation: i64) -> Reply<Vec<ConversationRow>> {
    let app = opened(&managed)?;
    reply(app.delete_conversation(conversation).await)?;
    reply(app.conversations().await)
}
