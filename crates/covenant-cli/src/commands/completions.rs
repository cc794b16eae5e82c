//! `covenant completions`

use crate::{
    args::{self, CompletionsArgs},
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// Prints a completion script.
pub(crate) fn completions(args: &CompletionsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    args::complete(args.shell, &mut script);
    terminal.out(&String::from_utf8_lossy(&script));
    Ok(Exit::Held)
}
