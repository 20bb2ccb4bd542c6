//! What the page has been promised: to hear of the menu and of the system's look.

use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_contract::SystemLook;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, Theme};

use crate::window::MAIN;

/// A page that is loaded anew takes the place of the one before.
#[derive(Default)]
pub struct Manners {
    commands: Mutex<Option<Channel<String>>>,
    looks: Mutex<Looks>,
    /// What the page asked the window's frame to wear; none leaves it to the system.
    theme: Mutex<Option<Theme>>,
}

#[derive(Default)]
struct Looks {
    now: SystemLook,
    page: Option<Channel<SystemLook>>,
}

impl Manners {
    /// The page hears what is chosen from the menu.
    pub fn hear_commands(&self, page: Channel<String>) {
        *lock(&self.commands) = Some(page);
    }

    /// Tells the page to run a command.
    pub fn command(&self, id: &str) {
        if let Some(page) = lock(&self.commands).as_ref() {
            // A page that is gone runs nothing.
            drop(page.send(id.to_owned()));
        }
    }

    /// The page hears of the system's look, at once and whenever it changes.
    pub fn hear_looks(&self, page: Channel<SystemLook>) {
        let mut looks = lock(&self.looks);
        drop(page.send(looks.now));
        looks.page = Some(page);
    }

    /// The system looks like this now.
    pub fn system_looks(&self, now: SystemLook) {
        let mut looks = lock(&self.looks);
        looks.now = now;
        if let Some(page) = &looks.page {
            drop(page.send(now));
        }
    }

    /// The window's frame and menu wear what the page wears.
    pub fn wear(&self, app: &AppHandle, theme: Option<Theme>) -> tauri::Result<()> {
        let before = std::mem::replace(&mut *lock(&self.theme), theme);
        let Some(window) = app.get_webview_window(MAIN) else { return Ok(()) };
        // Without a wish now or before, the toolkit's own setting is not touched.
        if theme.is_some() || before.is_some() { window.set_theme(theme) } else { Ok(()) }
    }

    /// The toolkit follows the system by itself; a theme that the user chose is put back.
    pub fn changed(&self, app: &AppHandle, to: Theme) {
        let wanted = *lock(&self.theme);
        if let Some(window) = app.get_webview_window(MAIN).filter(|_| wanted.is_some_and(|wanted| wanted != to)) {
            drop(window.set_theme(wanted));
        }
    }
}

/// Nothing is half done under these locks, so a poisoned one is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
