//! One file for each command.

mod actors;
mod build;
mod check;
mod compiler;
mod completions;
mod deadlines;
mod explore;
mod keys;
pub(crate) mod live;
mod new;
mod recover;
mod run;
mod schema;
mod verify;

pub(crate) use actors::actors;
pub(crate) use build::build;
pub(crate) use check::check;
pub(crate) use compiler::compiler;
pub(crate) use completions::completions;
pub(crate) use deadlines::deadlines;
pub(crate) use explore::explore;
pub(crate) use keys::keys;
pub(crate) use live::{deploy, plan, status};
pub(crate) use new::new;
pub(crate) use recover::recover;
pub(crate) use run::run;
pub(crate) use schema::schema;
pub(crate) use verify::verify;
