//! The journal: cut anywhere, changed anywhere, written by processes that die, on disks that fill up.

mod book;
mod damage;
mod deaths;
mod records;
mod sharing;
