//! Scenarios on live networks: `covenant plan`, `deploy`, `run --network` and `status`.

mod cast;
mod json;
mod perform;
mod plan;
mod recover;
mod show;
mod status;
mod target;

pub(crate) use perform::{deploy, run};
pub(crate) use plan::plan;
pub(super) use recover::rebuild;
pub(crate) use status::status;
pub(super) use target::{deployments, network, of_journal};
