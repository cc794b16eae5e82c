//! `covenant run`

mod command;
mod coverage;
mod play;
pub(super) mod tests_of;
mod watch;

pub(crate) use command::run;
