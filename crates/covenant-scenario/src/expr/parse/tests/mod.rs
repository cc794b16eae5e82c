//! What the grammar makes of texts, against tables and against random ones.

mod fixture;
mod random;
mod tables;
