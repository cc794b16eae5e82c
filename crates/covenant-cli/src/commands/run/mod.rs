//! `covenant run`

mod command;
mod play;
mod tests_of;
mod watch;

pub(crate) use command::run;
