//! A progress bar for runs that take longer than a second, and how far an exploration has come.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

use covenant_explore::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// How long a run takes before it is worth a bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A progress bar on stderr that appears after a second, where somebody watches.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    /// Dropped to stop the thread that waits.
    done: Option<Sender<()>>,
    waiting: Option<JoinHandle<()>>,
}

impl Bar {
    /// A bar over this many scenarios.
    pub(crate) fn new(scenarios: usize, terminal: &Terminal) -> Self {
        let bar =
            ProgressBar::with_draw_target(Some(scenarios as u64), ProgressDrawTarget::hidden());
        if !terminal.is_watched() {
            return Self { bar, done: None, waiting: None };
        }
        let (done, ended) = channel::<()>();
        let shown = bar.clone();
        let waiting = std::thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let style =
                    ProgressStyle::with_template("{bar:32} {pos}/{len} scenarios, {elapsed}");
                shown.set_style(style.expect("the template is a constant"));
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(200));
            }
        });
        Self { bar, done: Some(done), waiting: Some(waiting) }
    }

    /// One more is done; what is printed meanwhile does not run into the bar.
    pub(crate) fn step(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
        self.bar.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(waiting) = self.waiting.take() {
            // The thread only draws; when it failed there is nothing to clean up.
            let _ = waiting.join();
        }
        self.bar.finish_and_clear();
    }
}

/// How often a count is drawn.
const REDRAW: Duration = Duration::from_millis(200);

/// A line on stderr that says how far an exploration has come, where somebody watches.
#[derive(Debug)]
pub(crate) struct Counter {
    line: Option<ProgressBar>,
    last: std::cell::Cell<Duration>,
}

impl Counter {
    /// A line that appears when there is something to say.
    pub(crate) fn new(terminal: &Terminal) -> Self {
        let line = terminal.is_watched().then(|| {
            let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{msg}").expect("the template is a constant");
            line.set_style(style);
            line
        });
        Self { line, last: std::cell::Cell::new(Duration::ZERO) }
    }

    /// Says how far it has come, unless that was said just now.
    pub(crate) fn show(&self, now: &Progress) {
        let Some(line) = &self.line else { return };
        if now.elapsed.saturating_sub(self.last.get()) < REDRAW {
            return;
        }
        self.last.set(now.elapsed);
        let rate = 1_000 * now.states as u128 / now.elapsed.as_millis().max(1);
        line.set_message(format!(
            "{} states, {} of them not looked at yet, {rate} states a second, {} s",
            now.states,
            now.frontier,
            now.elapsed.as_secs()
        ));
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        if let Some(line) = &self.line {
            line.finish_and_clear();
        }
    }
}
