//! `covenant run`

mod command;
mod coverage;
mod play;
mod tests_of;
mod watch;

pub(crate) use command::run;
