//! The scenario language: file to checked plan, plan and chain to typed events and a verdict.

pub mod event;
pub mod expr;
pub mod plan;
pub mod raw;
pub mod run;
pub mod source;
pub mod time;
#[cfg(test)]
mod testing;
pub mod world;
pub mod yaml;
