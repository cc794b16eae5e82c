//! Tables of expressions, right and wrong, against a small build that is made by hand.

mod actions;
mod expressions;
mod fixture;
mod mistakes;
mod patterns;
mod scopes;
mod wrong_values;
