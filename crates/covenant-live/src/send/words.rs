//! What nodes mean when they refuse a transaction. Every client has its own words, and numbers say less.

/// Why a transaction was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The node has it already.
    Known,
    /// Its nonce was used.
    NonceTooLow,
    /// An earlier nonce was not used.
    NonceTooHigh,
    /// Another of the same nonce waits, and this one does not pay enough more.
    Underbids,
    /// It pays less than the node takes at present.
    PaysTooLittle,
    /// There is no room at present.
    Full,
    /// The account cannot pay for it.
    Funds,
    /// Anything else.
    Other,
}

/// Words that occur in lower case, most telling first.
const WORDS: [(&str, Meaning); 38] = [
    ("already known", Meaning::Known),
    ("already imported", Meaning::Known),
    ("already exists", Meaning::Known),
    ("already_exists", Meaning::Known),
    ("already in the mempool", Meaning::Known),
    ("already in mempool", Meaning::Known),
    ("already in the pool", Meaning::Known),
    ("alreadyknown", Meaning::Known),
    ("known transaction", Meaning::Known),
    ("same hash was already", Meaning::Known),
    ("nonce too low", Meaning::NonceTooLow),
    ("nonce is too low", Meaning::NonceTooLow),
    ("nonce_too_small", Meaning::NonceTooLow),
    ("nonce has already been used", Meaning::NonceTooLow),
    ("oldnonce", Meaning::NonceTooLow),
    ("invalid nonce", Meaning::NonceTooLow),
    ("nonce too high", Meaning::NonceTooHigh),
    ("nonce is too high", Meaning::NonceTooHigh),
    ("nonce gap", Meaning::NonceTooHigh),
    ("noncegap", Meaning::NonceTooHigh),
    ("nonce_gap", Meaning::NonceTooHigh),
    ("replacement", Meaning::Underbids),
    ("to replace", Meaning::Underbids),
    ("could not replace", Meaning::Underbids),
    ("underpriced", Meaning::PaysTooLittle),
    ("base fee", Meaning::PaysTooLittle),
    ("basefee", Meaning::PaysTooLittle),
    ("feetoolow", Meaning::PaysTooLittle),
    ("fee too low", Meaning::PaysTooLittle),
    ("gas price too low", Meaning::PaysTooLittle),
    ("below the minimum", Meaning::PaysTooLittle),
    ("pool is full", Meaning::Full),
    ("queue is full", Meaning::Full),
    ("txpool limit", Meaning::Full),
    ("too many pending", Meaning::Full),
    ("insufficient", Meaning::Funds),
    ("enough funds", Meaning::Funds),
    ("enough balance", Meaning::Funds),
];

/// Says what a refusal means.
pub(super) fn meaning(words: &str) -> Meaning {
    let words = words.to_ascii_lowercase().replace("unknown", "");
    let found = WORDS.iter().find(|(part, _)| words.contains(part));
    found.map_or(Meaning::Other, |(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_is_understood() {
        let cases = [
            ("already known", Meaning::Known),
            ("transaction already imported", Meaning::Known),
            ("ALREADY_EXISTS: already known", Meaning::Known),
            ("AlreadyKnown", Meaning::Known),
            ("Known transaction", Meaning::Known),
            ("unknown transaction type", Meaning::Other),
            ("nonce too low: next nonce 5, tx nonce 4", Meaning::NonceTooLow),
            ("Nonce too low. Expected nonce to be 3 but got 2.", Meaning::NonceTooLow),
            ("nonce too high", Meaning::NonceTooHigh),
            ("replacement transaction underpriced", Meaning::Underbids),
            (
                "Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 2 is necessary",
                Meaning::Underbids,
            ),
            ("INTERNAL_ERROR: could not replace existing tx", Meaning::Underbids),
            ("transaction underpriced: tip needed 1, tip permitted 0", Meaning::PaysTooLittle),
            ("max fee per gas less than block base fee: address 0x1", Meaning::PaysTooLittle),
            ("txpool is full", Meaning::Full),
            ("insufficient funds for gas * price + value", Meaning::Funds),
            ("Sender doesn't have enough funds to send tx.", Meaning::Funds),
            ("intrinsic gas too low", Meaning::Other),
            ("execution reverted", Meaning::Other),
        ];
        for (words, expected) in cases {
            assert_eq!(meaning(words), expected, "{words}");
        }
    }
}
