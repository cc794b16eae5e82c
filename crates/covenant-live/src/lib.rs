//! Live networks: the only crate that signs for one.
//!
//! In reading order: [`keys`] (who signs).

pub mod keys;
