//! From compiler output to a [`Build`](crate::Build).

mod ast;
mod contract;
mod diagnostics;
mod json;
mod storage;
mod type_name;
mod types;

pub(crate) use ast::Ast;
pub(crate) use contract::{CodeParts, Parts, contract};
pub(crate) use diagnostics::diagnostics;
pub(crate) use json::{Output, Unit};
pub(crate) use standard_json::build;

mod standard_json;
