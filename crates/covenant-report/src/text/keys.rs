//! A list of accounts.

use crate::{
    escape::escape,
    model::{KeysReport, ListedAccount},
    style::{Colour, Paint},
};

/// How long an address is.
const ADDRESS: usize = 42;

/// One line for each account.
pub fn keys(report: &KeysReport, colour: Colour) -> String {
    let names = report.accounts.iter().map(|account| escape(&account.name).chars().count());
    let width = names.max().unwrap_or_default();
    report.accounts.iter().map(|account| line(account, width, colour)).collect()
}

fn line(account: &ListedAccount, width: usize, colour: Colour) -> String {
    let name = format!("{:width$}", escape(&account.name).to_string());
    let address = account.address.as_deref().unwrap_or("(known once it is opened)");
    let address = if account.problem.is_some() { "" } else { address };
    let notes = notes(account);
    let faint = account.state == "retired";
    let look = |paint, text: String| colour.paint(if faint { Paint::Faint } else { paint }, text);
    format!(
        "{}  {address:ADDRESS$}  {}{}\n",
        look(Paint::Strong, name),
        account.state,
        if notes.is_empty() { String::new() } else { look(Paint::Odd, format!("  {notes}")) }
    )
}

fn notes(account: &ListedAccount) -> String {
    let mut notes = Vec::new();
    if account.place != "covenant" {
        notes.push(account.place.clone());
    }
    if account.weak {
        let strength = account.strength.as_deref().unwrap_or_default();
        notes.push(format!("weak: {strength}"));
    }
    notes.extend(account.problem.as_ref().map(|problem| escape(problem).to_string()));
    notes.join(", ")
}

#[cfg(test)]
mod tests {
    use super::keys;
    use crate::{
        model::{KeysReport, ListedAccount},
        style::Colour,
    };

    fn account(name: &str, state: &str) -> ListedAccount {
        ListedAccount {
            name: name.to_owned(),
            address: Some("0x00000000000000000000000000000000000000Aa".to_owned()),
            state: state.to_owned(),
            place: "covenant".to_owned(),
            keystore: Some(format!("keystores/{name}")),
            strength: Some("scrypt N=262144 r=8 p=1".to_owned()),
            weak: false,
            problem: None,
        }
    }

    #[test]
    fn says_which_accounts_sign_and_what_is_doubtful() {
        let foundry = ListedAccount {
            address: None,
            place: "foundry".to_owned(),
            strength: Some("scrypt N=8192 r=8 p=1".to_owned()),
            weak: true,
            ..account("t1", "current")
        };
        let broken = ListedAccount {
            address: None,
            strength: None,
            problem: Some("it is\u{1b} broken".to_owned()),
            ..account("x", "current")
        };
        let accounts =
            vec![account("deployer", "current"), account("old", "retired"), foundry, broken];
        let expected = "deployer  0x00000000000000000000000000000000000000Aa  current\n\
                        old       0x00000000000000000000000000000000000000Aa  retired\n\
                        t1        (known once it is opened)                   current  foundry, weak: scrypt N=8192 r=8 p=1\n\
                        x                                                     current  it is\\u{1b} broken\n";
        assert_eq!(keys(&KeysReport::new(accounts), Colour::Plain), expected);
    }
}
