//! Sending: undisturbed, by processes that die at every moment, and past every fault at every question.

mod chain;
mod everywhere;
mod fees;
mod resumed;
mod runs;
mod signing;
mod steps;
