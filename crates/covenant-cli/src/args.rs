//! What may be typed.

use std::{io::Write, path::PathBuf, str::FromStr};

use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::exit::Exit;
pub(crate) use crate::{
    live_args::{DeployArgs, LiveArgs, PlanArgs, StatusArgs},
    record_args::{RecoverArgs, SchemaArgs, SchemaOf, ServiceKind, VerifyArgs},
};

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
    /// Say what a scenario would do on a live network, and what that would cost. Nothing is sent.
    Plan(PlanArgs),
    /// Deploy the contracts of a scenario to a live network, and nothing else.
    Deploy(DeployArgs),
    /// Say how far a scenario is on live networks, and what comes next.
    Status(StatusArgs),
    /// Publish the sources of what was deployed, at a service that compares them with the chain.
    Verify(VerifyArgs),
    /// Find on the chain what accounts have sent and created, where the record of it is lost.
    Recover(RecoverArgs),
    /// Say everything about scenarios that can be said without running them.
    Check(CheckArgs),
    /// Explore every path that the parties of an agreement can take, and say what holds on all of them.
    Explore(ExploreArgs),
    /// Say at which instants something can change, and who may do what in between.
    Deadlines(DeadlinesArgs),
    /// Start a project that runs at once.
    New(NewArgs),
    /// Compile the Solidity of a project.
    Build(BuildArgs),
    /// Say which Solidity compiler a project gets, and where it comes from.
    Compiler(CompilerArgs),
    /// List actors with their addresses and keys.
    Actors(ActorsArgs),
    /// Keep the keys that sign on live networks.
    Keys(KeysArgs),
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
    /// Run one scenario on this network of covenant.toml or foundry.toml, or go on with it. Without this, nothing is sent
    /// anywhere.
    #[arg(long, value_name = "NAME", help_heading = "Live networks")]
    pub(crate) network: Option<String>,
    #[command(flatten)]
    pub(crate) live: LiveArgs,
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
    /// Write one JSON document to stdout instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write each counterexample as a scenario into this folder of the project, to be run and kept.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) save: Option<PathBuf>,
    /// Also draw the graph of states into this file, as a picture; of one scenario, up to 300 states.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) svg: Option<PathBuf>,
    /// The same for Graphviz.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dot: Option<PathBuf>,
    /// Tell more: also how what can be reached comes about, and every value that was tried.
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Arguments of `covenant deadlines`.
#[derive(Debug, Args)]
pub(crate) struct DeadlinesArgs {
    #[command(flatten)]
    pub(crate) paths: Paths,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// Write one JSON document to stdout instead of text.
    #[arg(long)]
    pub(crate) json: bool,
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

/// Arguments of `covenant keys`.
#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key, and keep it under a name and a password.
    New(NewKeyArgs),
    /// Keep a key from elsewhere under a name and a password: one that is typed, or that another keystore holds.
    Import(ImportKeyArgs),
    /// List accounts: Covenant's and Foundry's.
    List(ListKeysArgs),
    /// Give an account a new key; the old one is bound beside it until the rotation is finished.
    Rotate(RotateKeyArgs),
    /// Delete the key of an account. Only its address is remembered.
    Remove(RemoveKeyArgs),
    /// Open a key as a deployment would, and print its address. Nothing is signed.
    Check(CheckKeyArgs),
}

/// Where a password is read, when nobody is asked for it.
#[derive(Debug, Default, Args)]
pub(crate) struct PasswordArgs {
    /// Read the password from this file of one line [default: the file that ETH_PASSWORD names, else ask].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) password_file: Option<PathBuf>,
}

/// Arguments of `covenant keys new`.
#[derive(Debug, Args)]
pub(crate) struct NewKeyArgs {
    /// The name of the account.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// Arguments of `covenant keys import`.
#[derive(Debug, Args)]
pub(crate) struct ImportKeyArgs {
    /// The name of the account.
    pub(crate) name: String,
    /// Take the key out of this keystore instead of asking for it.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keystore: Option<PathBuf>,
    /// Read the password of that keystore from this file of one line.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "keystore")]
    pub(crate) keystore_password_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// Arguments of `covenant keys list`.
#[derive(Debug, Args)]
pub(crate) struct ListKeysArgs {
    /// Write one JSON document to stdout instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `covenant keys rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateKeyArgs {
    /// The name of the account.
    pub(crate) name: String,
    /// End a rotation: delete the old key, and remember only its address.
    #[arg(long)]
    pub(crate) finish: bool,
    /// Do not ask before the old key is deleted.
    #[arg(long, requires = "finish")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// Arguments of `covenant keys remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveKeyArgs {
    /// The name of the account.
    pub(crate) name: String,
    /// Do not ask before the key is deleted.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Arguments of `covenant keys check`.
#[derive(Debug, Args)]
pub(crate) struct CheckKeyArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The actor whose key covenant.toml binds in [networks.NAME.actors].
    #[arg(long, value_name = "ACTOR", requires = "network", group = "key")]
    pub(crate) actor: Option<String>,
    /// The network to sign for, by its name in covenant.toml.
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "chain_id",
        conflicts_with = "chain_id"
    )]
    pub(crate) network: Option<String>,
    /// The network to sign for, by its chain id.
    #[arg(long, value_name = "ID")]
    pub(crate) chain_id: Option<u64>,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// Where a key comes from. There is none that takes the key itself: what is typed there is in the shell's history, and in
/// the list of processes.
#[derive(Debug, Default, Args)]
pub(crate) struct SourceArgs {
    /// An account by name: Covenant's, else Foundry's (~/.foundry/keystores).
    #[arg(long, value_name = "NAME", group = "key")]
    pub(crate) account: Option<String>,
    /// A keystore file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "key")]
    pub(crate) keystore: Option<PathBuf>,
    /// A Ledger device. This version cannot talk to one, and says so.
    #[arg(long, group = "key")]
    pub(crate) ledger: bool,
    /// An account that the node signs for; on development chains only.
    #[arg(long, value_name = "ADDRESS", group = "key")]
    pub(crate) unlocked: Option<String>,
    /// An account of the well-known mnemonic `test test … junk`; on development chains only.
    #[arg(long, value_name = "INDEX", value_parser = clap::value_parser!(u32).range(..1 << 31), group = "key")]
    pub(crate) test_account: Option<u32>,
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
