//! `serve`: the local HTTP interface.

use std::process::ExitCode;

use assay_app::Opening;
use assay_server::{Server, Serving};

use crate::arguments::Serve;
use crate::interrupt::stop_on_interrupt;
use crate::print::json_to;

/// `assay serve`
pub async fn serve(opening: Opening, command: Serve) -> anyhow::Result<ExitCode> {
    let serving = Serving { allowed: command.allow, ..Serving::new(opening, command.port) };
    let server = Server::bind(serving).await?;
    let (address, token) = (format!("http://{}", server.address), server.token_file.display().to_string());
    if command.json {
        json_to(&serde_json::json!({ "address": address, "port": server.address.port(), "token_file": token }))?;
    } else {
        println!("Assay answers at {address}; the token is in {token}");
    }
    server.serve(ended()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Completes at Ctrl-C, or when the system asks the program to end.
async fn ended() {
    let pressed = stop_on_interrupt();
    #[cfg(unix)]
    if let Ok(mut asked) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            () = pressed.stopped() => (),
            _ = asked.recv() => (),
        }
        return;
    }
    pressed.stopped().await;
}
