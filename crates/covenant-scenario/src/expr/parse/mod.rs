//! Text to syntax tree. The grammar is Solidity's, read by `solar`; this module guards it and lowers what it returns.

mod ast;
mod guard;
mod literal;
mod lower;
mod print;
mod reader;
#[cfg(test)]
mod tests;

pub use ast::{Args, Ast, AstKind, Elementary, Entry, Ident, Number};
pub use reader::parse;
