//! What may be typed.

use std::{io::Write, path::PathBuf, str::FromStr};

use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::exit::Exit;

/// Runs agreements written in Solidity: scenarios of who does what and when, in an EVM inside this process.
#[derive(Debug, Parser)]
#[command(name = "covenant", version, after_long_help = exit_codes(), propagate_version = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios and say what happened.
    Run(RunArgs),
    /// Say everything about scenarios that can be said without running them.
    Check(CheckArgs),
    /// Explore every path that the parties of an agreement can take, and say what holds on all of them.
    Explore(ExploreArgs),
    /// Start a project that runs at once.
    New(NewArgs),
    /// Compile the Solidity of a project.
    Build(BuildArgs),
    /// Say which Solidity compiler a project gets, and where it comes from.
    Compiler(CompilerArgs),
    /// List actors with their addresses and keys.
    Actors(ActorsArgs),
    /// Print a JSON Schema.
    Schema(SchemaArgs),
    /// Print a completion script for a shell.
    Completions(CompletionsArgs),
}

/// Which scenarios.
#[derive(Debug, Default, Args)]
pub(crate) struct Paths {
    /// Scenario files, folders of them, or one case as FILE::CASE [default: the project's scenarios].
    ///
    /// Folders are searched for *.yaml and *.yml; names that start with `_` or `.` are left out, so that files which
    /// are only included by others can lie beside them.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
}

/// How Solidity is compiled.
#[derive(Debug, Default, Args)]
pub(crate) struct CompileArgs {
    /// The Solidity compiler: a program, or a folder that is the npm package `solc`.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) solc: Option<PathBuf>,
    /// Read the artifacts of Foundry or Hardhat in this folder instead of compiling.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) artifacts: Option<PathBuf>,
    /// Fetch no compiler.
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Arguments of `covenant run`.
#[derive(Debug, Default, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) paths: Paths,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// Write one JSON document to stdout instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write a JUnit report to this file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) junit: Option<PathBuf>,
    /// Also write which lines, branches and functions of the project's Solidity were executed, in the format of LCOV.
    ///
    /// Everything is run a second time for this, on a build without optimisations, in which every branch keeps its
    /// place. That build takes more gas: bounds on gas do not count, and a scenario that goes otherwise for it is named,
    /// and counts as far as it went.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "artifacts")]
    pub(crate) lcov: Option<PathBuf>,
    /// Tell more: -v events, -vv console.log, -vvv calls of what reverted, -vvvv all calls, -vvvvv storage.
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Stop at the first scenario that does not pass.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Run again whenever a file changes.
    #[arg(long, conflicts_with_all = ["json", "junit"])]
    pub(crate) watch: bool,
    /// Run this many scenarios at once [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

/// Which of the scenarios that were found.
#[derive(Debug, Default, Args)]
pub(crate) struct SelectArgs {
    /// Only scenarios whose path, case or title contains this; several: any of them.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Vec<String>,
    /// Only the I-th of N equal parts, such as 1/4.
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
}

/// Arguments of `covenant explore`.
#[derive(Debug, Args)]
pub(crate) struct ExploreArgs {
    #[command(flatten)]
    pub(crate) paths: Paths,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
}

/// Arguments of `covenant check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) paths: Paths,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    /// Write one JSON document to stdout instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `covenant new`.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// What to start from.
    #[arg(value_enum)]
    pub(crate) template: Template,
    /// The folder; it must be new or empty.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
}

/// What a new project starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// A sale: the money waits until the parcel has arrived, or an arbiter has ruled.
    Escrow,
    /// A flat let for a year: rent, deposit, late fees.
    Lease,
    /// Two actors and a rule, to be filled with contracts of one's own.
    Blank,
}

/// Arguments of `covenant build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// The project, or anything in it.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    /// Compile even when the result is already there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Write the artifacts that are to be committed, so that others need no compiler.
    #[arg(long, conflicts_with = "verify")]
    pub(crate) export: bool,
    /// Compile, and fail when the committed artifacts differ.
    #[arg(long)]
    pub(crate) verify: bool,
}

/// Arguments of `covenant compiler`.
#[derive(Debug, Args)]
pub(crate) struct CompilerArgs {
    /// The project, or anything in it.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
}

/// Arguments of `covenant actors`.
#[derive(Debug, Args)]
pub(crate) struct ActorsArgs {
    #[command(flatten)]
    pub(crate) paths: Paths,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    /// Also print private keys. They follow from the names, so everybody knows them: they are for tests.
    #[arg(long)]
    pub(crate) keys: bool,
}

/// Arguments of `covenant schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of what.
    #[arg(value_enum, default_value_t = SchemaOf::Scenario)]
    pub(crate) of: SchemaOf,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// Scenario files.
    Scenario,
    /// What `covenant run --json` writes.
    Report,
    /// What `covenant check --json` writes.
    Check,
}

/// Arguments of `covenant completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// One of several equal parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Which, from 1.
    index: usize,
    /// How many there are.
    count: usize,
}

impl Shard {
    /// Whether the scenario at this place belongs to the part.
    pub(crate) const fn holds(self, place: usize) -> bool {
        place % self.count == self.index - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "expected I/N with 1 <= I <= N, such as 1/4".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| wrong());
        let shard = Self { index: number(index)?, count: number(count)? };
        if shard.index >= 1 && shard.index <= shard.count { Ok(shard) } else { Err(wrong()) }
    }
}

/// Reads the command line. Where it is wrong, or asks for help, the answer is printed and the exit code returned.
pub(crate) fn parse() -> Result<Cli, Exit> {
    Cli::try_parse().map_err(|error| {
        // Nobody is left to tell when the answer cannot be printed.
        let _ = error.print();
        if error.use_stderr() { Exit::Usage } else { Exit::Held }
    })
}

/// Writes the completion script of a shell.
pub(crate) fn complete(shell: Shell, out: &mut dyn Write) {
    clap_complete::generate(shell, &mut Cli::command(), "covenant", &mut { out });
}

fn exit_codes() -> String {
    let lines =
        Exit::ALL.iter().map(|(exit, meaning)| format!("\n  {:>3}  {meaning}", exit.code()));
    format!("Exit codes:{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Cli, Shard, complete};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn shards_divide_without_rest_or_overlap() {
        for count in 1..6 {
            let shards: Vec<Shard> =
                (1..=count).map(|index| format!("{index}/{count}").parse().unwrap()).collect();
            for place in 0..20 {
                assert_eq!(shards.iter().filter(|shard| shard.holds(place)).count(), 1);
            }
        }
    }

    #[test]
    fn wrong_shards_are_refused() {
        for text in ["", "1", "0/2", "3/2", "a/b", "1/0", "-1/2", "1/2/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    #[test]
    fn completions_know_the_commands() {
        let mut script = Vec::new();
        complete(clap_complete::Shell::Bash, &mut script);
        let script = String::from_utf8(script).unwrap();
        assert!(script.contains("completions") && script.contains("--fail-fast"));
    }
}
