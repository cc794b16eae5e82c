//! Why a transaction was never mined, with the names and units of the scenario.

use covenant_scenario::event::{Party, ResultView, Run, TransactionEvent, TransactionResult};
use num_bigint::BigInt;

use super::amount::ether;

/// Whether a block holds the transaction.
pub(super) const fn is_mined(transaction: &TransactionEvent) -> bool {
    matches!(transaction.result, TransactionResult::Mined(_))
}

/// The reasons of a run, as the chain gives them and as they are told.
#[derive(Debug)]
pub(super) struct Refusals(Vec<(String, String)>);

impl Refusals {
    /// Every reason for which a transaction of the run was refused.
    pub(super) fn of(run: &Run) -> Self {
        let refused = run.transactions().filter(|transaction| !is_mined(transaction));
        let reasons = refused.filter_map(|transaction| match run.view(transaction).result {
            ResultView::Rejected(reason) => Some((reason.clone(), readable(&reason, &run.parties))),
            _ => None,
        });
        Self(reasons.collect())
    }

    /// The text, in which a reason as the chain gives it is replaced by what is told.
    pub(super) fn told(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (raw, told)| text.replace(raw, told))
    }
}

/// The text with names for addresses, and amounts of wei in the unit that reads best.
fn readable(text: &str, parties: &[Party]) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let amount = words.last().and_then(|last| last.parse::<BigInt>().ok());
        match (word, amount) {
            ("wei", Some(amount)) => {
                words.pop();
                words.push(ether(&amount));
            }
            _ => words.push(name(word, parties)),
        }
    }
    words.join(" ")
}

fn name(word: &str, parties: &[Party]) -> String {
    let is_it = |party: &&Party| party.address.is_some_and(|address| address.to_string() == word);
    parties.iter().find(is_it).map_or_else(|| word.to_owned(), |party| party.name.clone())
}

#[cfg(test)]
mod tests {
    use covenant_scenario::event::{Party, PartyKind};

    use super::readable;

    #[test]
    fn names_parties_and_units() {
        let address = "0xfA4E3a1B00000000000000000000000000000001".parse().unwrap();
        let parent =
            Party { name: "parent".to_owned(), address: Some(address), kind: PartyKind::Actor };
        let raw = format!(
            "insufficient funds: {address} has 1000000000000000000 wei and needs 7 wei for value"
        );
        assert_eq!(
            readable(&raw, &[parent]),
            "insufficient funds: parent has 1 ether and needs 7 wei for value"
        );
        assert_eq!(readable("gas limit 5 is over 3, wei", &[]), "gas limit 5 is over 3, wei");
    }
}
