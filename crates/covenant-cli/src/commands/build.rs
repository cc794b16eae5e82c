//! `covenant build`

use covenant_compile::{Build, Contract, ContractKind, Project};

use crate::{
    args::BuildArgs,
    environment,
    exit::{Exit, Failure},
    paths::project,
    prepare::{named, progress},
    terminal::Terminal,
};

/// EIP-170: the most bytes of code a contract may have.
const CODE_LIMIT: usize = 24_576;
/// EIP-3860: the most bytes of init code.
const INIT_LIMIT: usize = 49_152;

/// Compiles a project and lists its contracts.
pub(crate) fn build(args: &BuildArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let project = project(&args.path)?;
    let mut options = environment::build_options(&args.compile);
    options.force = args.force;
    let on_progress = |event| progress(terminal, &project, event);
    let named = |error| named(&project, error);
    if args.verify {
        let differences = project.check_artifacts(&options, &on_progress).map_err(named)?;
        return verified(&differences, terminal);
    }
    if args.export {
        let contracts = project.export_artifacts(&options, &on_progress).map_err(named)?;
        terminal.out(&format!("{contracts} contracts written\n"));
        return Ok(Exit::Held);
    }
    terminal.out(&listing(&project, &project.build(&options, &on_progress).map_err(named)?));
    Ok(Exit::Held)
}

fn verified(differences: &[String], terminal: &Terminal) -> Result<Exit, Failure> {
    if differences.is_empty() {
        terminal.out("the committed artifacts are what the sources compile to\n");
        return Ok(Exit::Held);
    }
    let message = format!(
        "the committed artifacts differ from what the sources compile to: {}",
        differences.join(", ")
    );
    Err(Failure::new(Exit::NotCompiled, message)
        .hint("write them anew with `covenant build --export`"))
}

/// Every contract of the project itself that can be deployed, with its size.
fn listing(project: &Project, build: &Build) -> String {
    let contracts: Vec<&Contract> = build
        .contracts
        .values()
        .map(AsRef::as_ref)
        .filter(|contract| {
            contract.kind == ContractKind::Contract && project.owns(&contract.id.file)
        })
        .collect();
    let width =
        contracts.iter().map(|contract| contract.id.name.chars().count()).max().unwrap_or_default();
    let lines = contracts.iter().map(|contract| line(contract, width));
    let plural = if contracts.len() == 1 { "" } else { "s" };
    let total = format!("{} contract{plural}, {}\n", contracts.len(), build.compiler);
    covenant_report::escape_lines(&(lines.collect::<String>() + &total)).into_owned()
}

fn line(contract: &Contract, width: usize) -> String {
    let (code, init) = (contract.runtime.bytes.len(), contract.creation.bytes.len());
    let warning = match (code > CODE_LIMIT, init > INIT_LIMIT) {
        (true, _) => "  over the limit of 24576 bytes (EIP-170)",
        (_, true) => "  init code over the limit of 49152 bytes (EIP-3860)",
        _ => "",
    };
    format!("{:width$}  {code:>6} bytes  {}{warning}\n", contract.id.name, contract.id.file)
}
