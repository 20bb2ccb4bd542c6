//! Catches panics of parsers and runs them on a deep stack, which is as far as a guard inside the process goes.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

use crate::error::TextError;

/// Stack for parsers that recurse with the nesting of their input. It is address space, not
/// memory, until it is used.
const STACK_BYTES: usize = 256 * 1024 * 1024;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}
static HOOK: Once = Once::new();

/// Runs work that may panic and returns the panic's message. The panic prints nothing.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                previous(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.map_err(message)
}

/// Runs work on a thread with a deep stack.
pub(crate) fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<Result<T, String>, TextError> {
    thread::scope(|scope| {
        let reader = thread::Builder::new().name("read".into()).stack_size(STACK_BYTES);
        let handle = reader.spawn_scoped(scope, || catch(work)).map_err(|_| TextError::OutOfMemory)?;
        Ok(handle.join().unwrap_or_else(|payload| Err(message(payload))))
    })
}

fn message(payload: Box<dyn Any + Send>) -> String {
    let text = match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => {
            payload.downcast::<&str>().map_or_else(|_| "unknown fault".to_owned(), |text| (*text).to_owned())
        }
    };
    text.chars().take(200).collect()
}
