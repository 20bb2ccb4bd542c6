//! `remote`: a library that is shared through an object store.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use assay_app::Session;
use assay_contract::{RemoteRole, RemoteView, call};

use crate::arguments::{Remote, RemoteAction};
use crate::print::json_to;

/// `assay remote`: how the library is shared, after the change if one is asked for.
pub async fn remote(session: &Session, command: Remote) -> anyhow::Result<ExitCode> {
    let view = match command.action {
        RemoteAction::Create(address) => session.call(call::RemoteCreate { address: address.into() }).await?,
        RemoteAction::Join(address) => session.call(call::RemoteJoin { address: address.into() }).await?,
        RemoteAction::Sync => session.call(call::RemoteSync {}).await?,
        RemoteAction::Status { offline } => session.call(call::RemoteStatus { ask: !offline }).await?,
        RemoteAction::Take => session.call(call::RemoteTake {}).await?,
        RemoteAction::Leave => session.call(call::RemoteLeave {}).await?,
    };
    if command.json {
        json_to(&view)?;
    } else {
        print(&view);
    }
    Ok(if view.problem.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(view: &RemoteView) {
    let url = view.address.as_ref().map_or("", |address| address.url.as_str());
    let publisher = view.publisher.as_deref().unwrap_or("another machine");
    match view.role {
        RemoteRole::Off => println!("this library is shared with no other machine"),
        RemoteRole::Publisher => println!("this machine, {}, publishes the library at {url}", view.machine),
        RemoteRole::Reader => println!("this library follows {url}, which {publisher} publishes"),
        RemoteRole::Superseded => println!("{publisher} has taken over publishing the library at {url}"),
    }
    if view.role == RemoteRole::Off {
        return;
    }
    println!("the text of its documents lies at that store and on each machine that follows it\n");
    if let Some(done) = &view.done {
        let what = if view.role == RemoteRole::Reader { "mirrored" } else { "published" };
        let said = match done.changed {
            true => format!("number {}: {} files and {} texts", done.sequence, done.files, done.texts),
            false => format!("nothing new since number {}", done.sequence),
        };
        line(what, &format!("{said}, {} in {:.1} s", bytes(done.bytes), done.seconds));
    }
    if let Some(lease) = &view.lease {
        let own = if lease.own { " (this one)" } else { "" };
        let until = match lease.seconds {
            0 => "has ended".to_owned(),
            seconds => format!("ends in {seconds} s unless it is renewed"),
        };
        line("lease", &format!("{}{own}, token {}, {until}", lease.machine, lease.token));
    }
    if let Some(head) = &view.head {
        let (documents, passages) = (head.documents, head.passages);
        let holds = format!("{documents} documents, {passages} passages, {} of index", bytes(head.index_bytes));
        line(
            "at the store",
            &format!("number {} by {}, {}: {holds}", head.sequence, head.machine, ago(head.published)),
        );
    }
    if let Some(mirror) = &view.mirror {
        let behind = match mirror.behind {
            None => String::new(),
            Some(0) => ", which is the newest".to_owned(),
            Some(behind) => format!(", {behind} behind"),
        };
        let said = format!("number {} of {}, {} documents", mirror.sequence, ago(mirror.published), mirror.documents);
        line("mirror", &format!("{said}{behind}"));
    }
    if let Some(looked) = view.looked {
        line("last look", &ago(looked));
    }
    line("on this machine", &bytes(view.cached_bytes));
    if let (Some(objects), Some(stored)) = (view.objects, view.stored_bytes) {
        line("objects", &format!("{objects} at the store, {}", bytes(stored)));
    }
    let cost = &view.cost;
    line(
        "this run",
        &format!(
            "{} requests that write, {} that read, {} that delete; {} sent, {} received",
            cost.writes,
            cost.reads,
            cost.deletes,
            bytes(cost.sent),
            bytes(cost.received)
        ),
    );
    if let Some(problem) = &view.problem {
        println!("\n! {}\n  {}", problem.message, problem.action);
    }
}

fn line(name: &str, text: &str) {
    println!("{name:<16} {text}");
}

fn bytes(count: u64) -> String {
    match count {
        0..=9_999 => format!("{count} bytes"),
        10_000..=9_999_999 => format!("{:.0} KB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

/// How long ago a second since 1970 is.
fn ago(then: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    match now - then {
        seconds @ ..=119 => format!("{} s ago", seconds.max(0)),
        seconds @ 120..=7_199 => format!("{} min ago", seconds / 60),
        seconds @ 7_200..=172_799 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}
