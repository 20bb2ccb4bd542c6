//! The commands of the page: request to library to reply. Anything longer than a few lines belongs to
//! `assay-app`, where the terminal can use it too.

mod reply;
mod library;
mod backup;
mod remote;
mod folders;
mod questions;
mod inspection;
mod models;
mod desktop;

/// The handler of all commands; `build.rs` lists their names.
pub fn handler() -> impl Fn(tauri::ipc::Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        library::hello,
        library::watch,
        library::library,
        library::choose_files,
        library::choose_folder,
        library::add_samples,
        library::ingest_again,
        library::remove_documents,
        library::bring_back,
        library::stop_ingest,
        folders::watch_folder,
        folders::unwatch_folder,
        folders::pause_ingest,
        folders::ingest_first,
        library::rebuild,
        library::check,
        backup::back_up,
        backup::stop_backup,
        backup::choose_backup,
        backup::choose_restore_root,
        backup::restore,
        remote::remote_status,
        remote::remote_create,
        remote::remote_join,
        remote::remote_sync,
        remote::remote_take,
        remote::remote_leave,
        remote::remote_look,
        questions::ask,
        questions::stop_ask,
        questions::passage,
        library::save_settings,
        models::choose_writer,
        models::model_registry,
        models::pull_model,
        models::take_pair,
        models::stop_pull,
        models::import_model,
        models::verify_model,
        models::remove_model,
        models::keep_key,
        questions::conversations,
        questions::turns,
        questions::find_conversations,
        questions::delete_conversation,
        inspection::explain,
        inspection::stop_explain,
        inspection::why,
        inspection::what_if,
        inspection::document,
        inspection::original,
        inspection::cost,
        inspection::mark,
        inspection::labels,
        inspection::propose_questions,
        inspection::accept_question,
        inspection::delete_labels,
        inspection::import_labels,
        inspection::measure,
        inspection::runs,
        inspection::delete_run,
        inspection::triplets,
        inspection::save_text,
        inspection::print,
        desktop::menu_commands,
        desktop::menu_shows,
        desktop::system_look,
        desktop::set_theme,
        desktop::notify,
        desktop::open_link,
        desktop::show_original,
        desktop::open_original
    ]
}
