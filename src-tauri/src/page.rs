//! What the window sends to its page: menu commands and the desktop's appearance.

use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_contract::SystemLook;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, Theme};

use crate::window::MAIN;

/// The channels to the page, and the theme that it asked for. A reloaded page replaces the one before.
#[derive(Default)]
pub struct Page {
    commands: Mutex<Option<Channel<String>>>,
    appearance: Mutex<Appearance>,
    /// The theme that the page asked for; `None` leaves it to the system.
    theme: Mutex<Option<Theme>>,
}

#[derive(Default)]
struct Appearance {
    now: SystemLook,
    page: Option<Channel<SystemLook>>,
}

impl Page {
    /// Sends menu commands to this page from now on.
    pub fn set_commands(&self, page: Channel<String>) {
        *lock(&self.commands) = Some(page);
    }

    /// Sends a command to the page.
    pub fn send_command(&self, id: &str) {
        if let Some(page) = lock(&self.commands).as_ref() {
            // A page that is gone runs no command.
            drop(page.send(id.to_owned()));
        }
    }

    /// Sends the desktop's appearance to this page, now and whenever it changes.
    pub fn set_appearance_channel(&self, page: Channel<SystemLook>) {
        let mut appearance = lock(&self.appearance);
        drop(page.send(appearance.now));
        appearance.page = Some(page);
    }

    /// Records the desktop's appearance and sends it to the page.
    pub fn set_appearance(&self, now: SystemLook) {
        let mut appearance = lock(&self.appearance);
        appearance.now = now;
        if let Some(page) = &appearance.page {
            drop(page.send(now));
        }
    }

    /// Gives the window's frame and menu the theme of the page.
    pub fn set_theme(&self, app: &AppHandle, theme: Option<Theme>) -> tauri::Result<()> {
        let before = std::mem::replace(&mut *lock(&self.theme), theme);
        let Some(window) = app.get_webview_window(MAIN) else { return Ok(()) };
        // Without a theme now and before, the toolkit's own setting stays untouched.
        if theme.is_some() || before.is_some() { window.set_theme(theme) } else { Ok(()) }
    }

    /// Restores the theme that the user chose, after the toolkit followed the system.
    pub fn theme_changed(&self, app: &AppHandle, to: Theme) {
        let wanted = *lock(&self.theme);
        if let Some(window) = app.get_webview_window(MAIN).filter(|_| wanted.is_some_and(|wanted| wanted != to)) {
            drop(window.set_theme(wanted));
        }
    }
}

/// Locks a value that is whole even if a holder panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
