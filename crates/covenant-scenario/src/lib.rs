//! The scenario language: file to checked plan, plan and chain to typed events and a verdict.

pub mod expr;
pub mod raw;
pub mod source;
pub mod time;
pub mod yaml;
