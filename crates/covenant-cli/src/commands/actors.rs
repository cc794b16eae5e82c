//! `covenant actors`

use std::collections::BTreeMap;

use covenant_chain::Key;
use covenant_scenario::plan::ActorKind;

use crate::{
    args::ActorsArgs,
    environment,
    exit::{Exit, Failure},
    paths::select,
    prepare::{Builds, Prepared, State, prepare, print_findings},
    terminal::Terminal,
};

/// Lists the actors of scenarios, by name. The same name has the same address in every scenario.
pub(crate) fn actors(args: &ActorsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let selections = select(&args.paths.paths)?;
    let mut builds = Builds::new(environment::build_options(&args.compile), terminal);
    let prepared = prepare(&selections, &mut builds)?;
    print_findings(&prepared, terminal);
    let actors: BTreeMap<String, String> =
        prepared.iter().flat_map(|file| of_file(file, args)).collect();
    let width = actors.keys().map(|name| name.chars().count()).max().unwrap_or_default();
    let lines = actors.iter().map(|(name, account)| format!("{name:width$}  {account}\n"));
    terminal.out(&covenant_report::escape_lines(&lines.collect::<String>()));
    Ok(Exit::worst(prepared.iter().map(Prepared::exit)))
}

fn of_file(file: &Prepared, args: &ActorsArgs) -> Vec<(String, String)> {
    let State::Ready(plans) = &file.state else {
        return Vec::new();
    };
    let actors = plans.iter().flat_map(|plan| &plan.actors);
    actors.map(|actor| (actor.name.to_string(), account(&actor.name, &actor.kind, args))).collect()
}

fn account(name: &str, kind: &ActorKind, args: &ActorsArgs) -> String {
    let key = Key::derive(name);
    match kind {
        ActorKind::Impersonated(address) => format!("{address}  (impersonated)"),
        ActorKind::Contract(contract) => {
            format!("{}  (contract {})", key.address(), contract.behaviour.id.name)
        }
        ActorKind::Key if args.keys => format!("{}  {}", key.address(), key.secret()),
        ActorKind::Key => key.address().to_string(),
    }
}
