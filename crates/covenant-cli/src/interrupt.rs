//! Ctrl-C and panics.

use std::{
    io::Write,
    panic,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::exit::Exit;

/// Set at the first ctrl-C; runs look at it.
static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(false)));

/// Whether the user has pressed ctrl-C.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// The flag that the first ctrl-C sets.
pub(crate) fn flag() -> Arc<AtomicBool> {
    Arc::clone(&INTERRUPTED)
}

/// The first ctrl-C lets the command end in good order and print what is done; the second ends it at once.
pub(crate) fn watch_ctrl_c() {
    let handler = || {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            end();
        }
    };
    // Without a handler ctrl-C still ends the process, only less politely.
    let _ = ctrlc::set_handler(handler);
}

#[expect(
    clippy::exit,
    reason = "the user asked twice; nothing is left half-written, since files are renamed into place"
)]
fn end() {
    std::process::exit(i32::from(Exit::Interrupted.code()));
}

/// Makes a panic on any thread say that it is a bug, and end the process with the code for one.
pub(crate) fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or(String::new(), |place| format!(" at {}:{}", place.file(), place.line()));
        let words = info.payload_as_str().unwrap_or("unknown reason");
        // Not eprintln: it panics itself when stderr is closed.
        let _ = write!(
            std::io::stderr(),
            "error: internal error{place}: {}\n  hint: this is a bug in covenant; please report it with the scenario \
             and the command that led here\n",
            covenant_report::escape_lines(words)
        );
        crash();
    }));
}

#[expect(
    clippy::exit,
    reason = "after a panic no result can be trusted, whichever thread it was on"
)]
fn crash() {
    std::process::exit(i32::from(Exit::Internal.code()));
}
