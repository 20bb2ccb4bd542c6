//! Ctrl-C.

use std::sync::OnceLock;

use assay_app::Cancel;

/// The first Ctrl-C stops the work at the next batch and keeps what is finished; the second exits at once.
/// All work of the program has the same stop button.
pub fn stop_on_interrupt() -> Cancel {
    static CANCEL: OnceLock<Cancel> = OnceLock::new();
    CANCEL.get_or_init(listen).clone()
}

fn listen() -> Cancel {
    let cancel = Cancel::default();
    let pressed = cancel.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if pressed.is_stopped() {
                std::process::exit(130);
            }
            eprintln!("\nstopping; what is finished is kept (press again to end at once)");
            pressed.stop();
        }
    });
    cancel
}
