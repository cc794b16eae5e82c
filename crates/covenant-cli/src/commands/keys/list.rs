//! `covenant keys list`

use covenant_live::keys::{Account, Keyring};
use covenant_report::model::{KeysReport, ListedAccount};

use crate::{
    args::ListKeysArgs,
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// Lists accounts.
pub(super) fn list(
    keyring: &Keyring,
    args: &ListKeysArgs,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let report = KeysReport::new(keyring.list()?.into_iter().map(listed).collect());
    if args.json {
        terminal.out(&covenant_report::json(&report));
    } else if report.accounts.is_empty() {
        terminal.note("there are no accounts; `covenant keys new NAME` makes one");
    } else {
        terminal.out(&covenant_report::text::keys(&report, terminal.colour()));
    }
    Ok(Exit::Held)
}

fn listed(account: Account) -> ListedAccount {
    ListedAccount {
        name: account.name,
        address: account.address.map(|address| address.to_string()),
        state: account.state.to_string(),
        place: account.place.to_string(),
        keystore: account.path.map(|path| covenant_report::shown(&path)),
        strength: account.strength,
        weak: account.weak,
        problem: account.problem,
    }
}
