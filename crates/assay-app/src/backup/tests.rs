use std::fs;
use std::path::PathBuf;

use assay_contract::{BackupChoice, BackupGap, BackupReply, HostedChoice, Settings};
use assay_domain::{Cancel, Failure, Problem};
use assay_library::Home;
use assay_library::backup::{BackupOptions, write};
use futures::FutureExt;
use tempfile::TempDir;

use super::{backup_of, restore_backup, without_secrets};
use crate::app::{App, Opening};
use crate::settings;

/// A library without documents, and where its backup goes.
struct Made(TempDir);

impl Made {
    fn new(settings: &str) -> Self {
        let made = Self(tempfile::tempdir().unwrap());
        let home = Home::open(&made.data()).unwrap();
        fs::write(home.settings(), settings).unwrap();
        drop(home);
        drop(App::open(Opening { data: Some(made.data()), ..Opening::default() }).unwrap());
        made
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("library")
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("library.zip")
    }

    fn new_data(&self) -> PathBuf {
        self.0.path().join("restored")
    }

    fn back_up(&self, choice: BackupChoice) -> Result<BackupReply, Failure> {
        backup_of(Some(self.data()), &self.file(), choice, false, &Cancel::default(), &mut |_, _| ())
    }

    /// A backup with these settings in it, whatever the program would write.
    fn back_up_with(&self, settings: &str) {
        let options = BackupOptions { settings: Some(settings.to_owned()), ..BackupOptions::default() };
        write(&self.data(), None, &self.file(), &options, &Cancel::default(), &mut |_, _| ()).unwrap();
    }

    fn restore(&self) -> Result<assay_contract::RestoreReply, Failure> {
        restore_backup(Some(self.new_data()), &self.file(), &[], &Cancel::default(), &mut |_, _| ())
    }
}

#[test]
fn settings_lose_their_secrets_and_the_backup_says_so() {
    let written = Settings {
        proxy: "http://me:secret@proxy:3128".into(),
        hub: "https://me:sec/ret@hub.example".into(),
        hosted: HostedChoice::Jina,
        hosted_url: "https://api.jina.ai/v1/rerank".into(),
        ..Settings::default()
    };
    let (plain, left_out) = without_secrets(written.clone());
    assert_eq!(left_out, [BackupGap::Keys, BackupGap::Passwords]);
    assert_eq!(plain, Settings { proxy: "http://proxy:3128".into(), hub: String::new(), ..written });
    assert_eq!(without_secrets(Settings::default()), (Settings::default(), Vec::new()));
}

#[test]
fn what_is_left_out_is_what_is_not_in_the_archive() {
    let made = Made::new("");
    let models = made.data().join("models");
    let all = BackupChoice { index: true, models: true };
    // Asked for, and not there.
    assert_eq!(made.back_up(all).unwrap().left_out, [BackupGap::Index, BackupGap::Models]);
    fs::create_dir_all(models.join("mine")).unwrap();
    fs::create_dir_all(made.data().join("index")).unwrap();
    for file in ["index/rows", "models/mine/model.gguf", "models/mine/other.gguf.part"] {
        fs::write(made.data().join(file), "x").unwrap();
    }
    assert_eq!(made.back_up(all).unwrap().left_out, [BackupGap::ModelFiles]);
    let left_out = made.back_up(BackupChoice::default()).unwrap().left_out;
    assert_eq!(left_out, [BackupGap::Index, BackupGap::Models]);
}

#[test]
fn the_hosted_reranker_of_a_backup_is_off_however_its_line_is_written() {
    let on = "hosted_url = \"https://api.jina.ai\"\nhosted_model = \"m\"\n";
    for hosted in [
        "hosted = \"jina\"\n",
        "\"hosted\" = \"jina\"\n",
        "'hosted'=\"jina\"\n",
        "writer = '''\nhosted = 1\n'''\nhosted = \"jina\"\n",
    ] {
        let made = Made::new("");
        made.back_up_with(&format!("keep = 7\n{hosted}{on}"));
        assert!(made.restore().unwrap().hosted_off, "{hosted}");
        let read = settings::read(&made.new_data().join("settings.toml")).unwrap();
        assert_eq!((read.hosted, read.keep, read.hosted_model.as_str()), (HostedChoice::Off, 7, "m"), "{hosted}");
        App::open(Opening { data: Some(made.new_data()), ..Opening::default() }).unwrap();
    }
}

#[test]
fn settings_that_no_program_takes_are_neither_backed_up_nor_restored() {
    let made = Made::new("");
    for text in ["keep = 900\n", "keep = \n", "keep = 3\nkeep = 4\n", "hosted = \"elsewhere\"\n"] {
        made.back_up_with(text);
        let error = made.restore().unwrap_err();
        assert_eq!(error.problem, Problem::BackupUnusable, "{text}: {error}");
        assert!(!made.new_data().exists(), "{text}");
        fs::write(made.data().join("settings.toml"), text).unwrap();
        assert_eq!(made.back_up(BackupChoice::default()).unwrap_err().problem, Problem::BadSetting, "{text}");
        fs::write(made.data().join("settings.toml"), "").unwrap();
    }
}

#[test]
fn one_setting_is_set_without_the_loss_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    let kept = "# mine\nkeep = 7 # enough\n";
    fs::write(&path, format!("{kept}language = \"zh\"\n")).unwrap();
    settings::set(&path, "language", "en").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("language = \"en\"\n{kept}"));
    fs::write(&path, "writer = '''\nlanguage = a line of it\n'''\n").unwrap();
    settings::set(&path, "language", "en").unwrap();
    let read = settings::read(&path).unwrap();
    assert_eq!((read.language.as_str(), read.writer.as_str()), ("en", "language = a line of it\n"));
}

#[tokio::test]
async fn the_window_restores_into_its_empty_library_at_the_next_start() {
    let made = Made::new("");
    made.back_up_with("keep = 9\n");
    let data = made.new_data();
    let open = || App::open(Opening { data: Some(data.clone()), ..Opening::default() });
    let app = open().unwrap();
    restore(&made, &app).await.unwrap();
    assert_eq!(restore(&made, &app).await.unwrap_err().problem, Problem::RestoreWaits);
    drop(app);
    assert_eq!(open().unwrap().settings().keep, 9);
    assert!(!data.join("restoring").exists());
    // From now on it is a library like any other.
    let app = open().unwrap();
    app.library.engines().await.store().want_paths(&["/notes".to_owned()], "default").unwrap();
    assert_eq!(restore(&made, &app).await.unwrap_err().problem, Problem::LibraryNotEmpty);
}

/// Other work of the program goes on meanwhile.
#[tokio::test]
async fn neither_a_backup_nor_a_restore_holds_its_caller_up() {
    let made = Made::new("");
    let app = App::open(Opening { data: Some(made.data()), ..Opening::default() }).unwrap();
    let (cancel, file) = (Cancel::default(), made.file());
    let mut told = Vec::new();
    let mut on = |done, total| told.push((done, total));
    let mut writing = Box::pin(app.backup(&file, BackupChoice::default(), &cancel, &mut on));
    assert!((&mut writing).now_or_never().is_none());
    writing.await.unwrap();
    assert!(told.last().is_some_and(|(done, total)| done == total), "{told:?}");

    let app = App::open(Opening { data: Some(made.new_data()), ..Opening::default() }).unwrap();
    let mut restoring = Box::pin(restore(&made, &app));
    assert!((&mut restoring).now_or_never().is_none());
    restoring.await.unwrap();
}

async fn restore(made: &Made, app: &App) -> Result<(), Failure> {
    app.prepare_restore(&made.file(), &[], &Cancel::default(), &mut |_, _| ()).await
}
