//! The covenant command: arguments to options to one library call to an exit code.
//!
//! In reading order: [`args`] (what may be typed), [`commands`] (one file for each), [`prepare`] (paths to checked
//! plans), and what touches the outside: [`terminal`], [`environment`], [`files`], [`interrupt`]. This crate alone prints,
//! reads the environment, or ends the process.

mod args;
mod bar;
mod commands;
mod environment;
mod exit;
mod files;
mod interrupt;
mod live_args;
mod paths;
mod prepare;
mod record_args;
mod terminal;

use std::process::ExitCode;

use args::Command;
use exit::{Exit, Failure};
use terminal::Terminal;

fn main() -> ExitCode {
    interrupt::report_panics();
    interrupt::watch_ctrl_c();
    let cli = match args::parse() {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    let terminal = Terminal::new(cli.color);
    let exit = run(cli.command, &terminal).unwrap_or_else(|failure| {
        terminal.failure(&failure);
        failure.exit
    });
    if interrupt::interrupted() { Exit::Interrupted.into() } else { terminal.exit(exit).into() }
}

fn run(command: Command, terminal: &Terminal) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => commands::run(&args, terminal),
        Command::Explore(args) => commands::explore(&args, terminal),
        Command::Plan(args) => commands::plan(&args, terminal),
        Command::Deploy(args) => commands::deploy(&args, terminal),
        Command::Status(args) => commands::status(&args, terminal),
        Command::Verify(args) => commands::verify(&args, terminal),
        Command::Recover(args) => commands::recover(&args, terminal),
        Command::Deadlines(args) => commands::deadlines(&args, terminal),
        Command::Check(args) => commands::check(&args, terminal),
        Command::New(args) => commands::new(&args, terminal),
        Command::Build(args) => commands::build(&args, terminal),
        Command::Compiler(args) => commands::compiler(&args, terminal),
        Command::Actors(args) => commands::actors(&args, terminal),
        Command::Keys(args) => commands::keys(&args, terminal),
        Command::Schema(args) => commands::schema(&args, terminal),
        Command::Completions(args) => commands::completions(&args, terminal),
    }
}
