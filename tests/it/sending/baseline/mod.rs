//! What other programs make of the same deaths, measured in the same way as ours: the figures to compare with.

mod death;
mod table;
mod tool;

use std::thread;

use death::{Death, Town, Window};
use table::Table;
use tool::{TRANSACTIONS, Tool};

/// Which programs the caller wants to have measured.
#[expect(clippy::disallowed_methods, reason = "how long a test may take is the caller's to say")]
fn asked() -> Vec<Tool> {
    let Ok(asked) = std::env::var("RESUMES") else { return Vec::new() };
    Tool::ALL.into_iter().filter(|tool| tool.name().contains(&asked)).collect()
}

/// `scripts/resumes.sh` asks for it.
#[test]
fn every_program_is_killed_at_each_of_its_transactions_in_each_window() {
    let asked = asked();
    if asked.is_empty() {
        return;
    }
    for tool in asked {
        let deaths = thread::scope(|scope| {
            let all = Window::ALL.map(|window| scope.spawn(move || deaths(tool, window)));
            let all = all.into_iter().map(|it| it.join().expect("every death is measured"));
            all.flatten().collect()
        });
        Table::write(tool, deaths);
    }
}

/// A death at each transaction.
fn deaths(tool: Tool, window: Window) -> Vec<Death> {
    let town = Town::new();
    town.undisturbed(tool);
    let transactions = 1..=TRANSACTIONS;
    transactions.map(|transaction| town.death(tool, window, transaction)).collect()
}

/// What the table says of one death is so today.
#[test]
fn a_death_of_forge_ends_as_the_table_says() {
    let (tool, window, transaction) = (Tool::ForgeSlow, Window::BeforeTheAnswer, 2);
    let table = Table::read();
    let written = table.death(tool, window, transaction);
    let today = Town::new().death(tool, window, transaction);
    let exits = |death: &Death| death.resumes.iter().map(|it| it.exit).collect::<Vec<_>>();
    assert_eq!(today.is_resumed(2), written.is_resumed(2), "{today:?}");
    assert_eq!((today.landed, exits(&today)), (written.landed, exits(written)), "{today:?}");
}

#[test]
fn the_committed_table_has_every_death_and_the_readme_its_figures() {
    let table = Table::read();
    for tool in [Tool::Covenant, Tool::ForgeSlow, Tool::Ignition] {
        for window in Window::ALL {
            for transaction in 1..=TRANSACTIONS {
                table.death(tool, window, transaction);
            }
        }
    }
    table.is_in_the_readme();
}

#[test]
fn every_death_of_ours_is_resumed() {
    let table = Table::read();
    for death in table.deaths(Tool::Covenant) {
        assert!(death.is_resumed(1), "{death:?}");
    }
}
