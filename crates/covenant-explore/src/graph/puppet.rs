//! A stranger that is a contract: it does what it is told when it is called.
//!
//! Its owner calls it with what it is to call itself, as he would a forwarder. Whoever else calls it gets an answer that
//! suits most: nothing to nothing, `true` to a question, the selector that a receiver of tokens answers with. What else it
//! does then is put into its code for one transaction, and is no part of any state.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use covenant_chain::{ChainError, Difference};
use covenant_scenario::{expr::ActorId, world::World};

/// A stranger that is a contract.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Puppet {
    /// Who it is.
    pub(crate) actor: ActorId,
    /// Where it is.
    pub(crate) address: Address,
    /// Who says what it does.
    owner: Address,
    /// The hash of its code while nothing is put into it.
    pub(crate) code: B256,
}

/// What it does when it is called by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// It answers.
    Answers(Answer),
    /// It makes another call, each time the next of these, and then accepts.
    Calls(Vec<Forwarded>),
}

/// A call that it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// Whom.
    to: Address,
    /// Wei sent along.
    pub(crate) value: U256,
    /// With what.
    pub(crate) data: Bytes,
}

/// How it answers, instead of accepting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Answer {
    /// It reverts.
    Reverts,
    /// It uses all the gas that it gets.
    BurnsGas,
    /// It returns a megabyte.
    ReturnsMegabyte,
    /// It returns `false`.
    ReturnsFalse,
}

impl Answer {
    pub(crate) const ALL: [Self; 4] =
        [Self::Reverts, Self::BurnsGas, Self::ReturnsMegabyte, Self::ReturnsFalse];

    /// As the bundled contract `Obeys` calls it, which answers so where a story is run again.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reverts => "Reverts",
            Self::BurnsGas => "BurnsGas",
            Self::ReturnsMegabyte => "ReturnsMegabyte",
            Self::ReturnsFalse => "ReturnsFalse",
        }
    }

    /// What it does, in words.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Reverts => "reverts",
            Self::BurnsGas => "burns all gas",
            Self::ReturnsMegabyte => "returns a megabyte",
            Self::ReturnsFalse => "returns false",
        }
    }
}

impl Forwarded {
    /// What is called, given what the owner would send for it.
    pub(crate) fn of(sent: &[u8]) -> Self {
        let word = |at: usize| U256::from_be_slice(&sent[at..at + 32]);
        let length = word(100).saturating_to::<usize>();
        Self {
            to: Address::from_slice(&sent[16..36]),
            value: word(36),
            data: Bytes::copy_from_slice(&sent[132..132 + length]),
        }
    }

    /// Writes it, as what is done when it was called so often before. Its data is so far from the beginning of the code.
    fn write(&self, code: Code, before: u64, data: usize) -> Code {
        code.push(0).op(TLOAD).push(before).op(EQ).op(ISZERO).unless(|code| {
            let size = u64::try_from(self.data.len()).expect("calldata fits into memory");
            let data = u16::try_from(data).expect("it is short");
            code.push(before + 1)
                .push(0)
                .op(TSTORE)
                .push(size)
                .bytes(&data.to_be_bytes())
                .push(0)
                .op(CODECOPY)
                .push(0)
                .push(0)
                .push(size)
                .push(0)
                .bytes(&self.value.to_be_bytes::<32>())
                .bytes(self.to.as_slice())
                .op(GAS)
                .op(CALL)
                .unless(Code::bubble)
        })
    }
}

impl Script {
    /// Writes it. Data is found where the code ends, which is so far from its beginning.
    fn write(&self, code: Code, end: usize) -> Code {
        match self {
            Self::Answers(Answer::Reverts) => code.push(0).push(0).op(REVERT),
            Self::Answers(Answer::BurnsGas) => code.op(INVALID),
            Self::Answers(Answer::ReturnsMegabyte) => code.push(1 << 20).push(0).op(RETURN),
            Self::Answers(Answer::ReturnsFalse) => code.push(32).push(0).op(RETURN),
            // The last first: by then the one before it has been made, and so has nothing that comes after it.
            Self::Calls(calls) => {
                let mut data = end + calls.iter().map(|call| call.data.len()).sum::<usize>();
                let numbered = (0_u64..).zip(calls).collect::<Vec<_>>();
                numbered.into_iter().rev().fold(code, |code, (before, call)| {
                    data -= call.data.len();
                    call.write(code, before, data)
                })
            }
        }
    }

    fn data(&self) -> Vec<u8> {
        match self {
            Self::Answers(_) => Vec::new(),
            Self::Calls(calls) => calls.iter().flat_map(|call| call.data.iter().copied()).collect(),
        }
    }
}

impl Puppet {
    /// Puts one on the chain, for somebody who is in the world already.
    pub(crate) fn settle(world: &mut World, actor: ActorId) -> Result<Self, ChainError> {
        let state = world.actor(actor);
        let (address, owner) = (state.address, state.via.unwrap_or(state.address));
        let plain = code(owner, None);
        let puppet = Self { actor, address, owner, code: keccak256(&plain) };
        world.chain.set_code(address, plain)?;
        Ok(puppet)
    }

    /// What is put into its code for a transaction is not part of what the transaction changes.
    pub(crate) fn forget(self, difference: &mut Difference) {
        if let Difference::Account { address, before, after } = difference
            && *address == self.address
        {
            (before.code, after.code) = (self.code, self.code);
        }
    }

    /// Tells it what to do when it is called by others; without a script it accepts.
    pub(crate) fn tell(self, world: &mut World, script: Option<&Script>) -> Result<(), ChainError> {
        world.chain.set_code(self.address, code(self.owner, script))
    }
}

const EQ: u8 = 0x14;
const ISZERO: u8 = 0x15;
const OR: u8 = 0x17;
const SHL: u8 = 0x1b;
const SHR: u8 = 0x1c;
const CALLER: u8 = 0x33;
const CALLDATALOAD: u8 = 0x35;
const CALLDATASIZE: u8 = 0x36;
const CALLDATACOPY: u8 = 0x37;
const CODECOPY: u8 = 0x39;
const RETURNDATASIZE: u8 = 0x3d;
const RETURNDATACOPY: u8 = 0x3e;
const STOP: u8 = 0x00;
const MSTORE: u8 = 0x52;
const JUMPI: u8 = 0x57;
const GAS: u8 = 0x5a;
const JUMPDEST: u8 = 0x5b;
const TLOAD: u8 = 0x5c;
const TSTORE: u8 = 0x5d;
const DUP1: u8 = 0x80;
const DUP2: u8 = 0x81;
const SWAP2: u8 = 0x91;
const CALL: u8 = 0xf1;
const RETURN: u8 = 0xf3;
const REVERT: u8 = 0xfd;
const INVALID: u8 = 0xfe;

/// The selectors that receivers of tokens answer with: `onERC721Received`, `onERC1155Received` and
/// `onERC1155BatchReceived`.
const RECEIVERS: [u32; 3] = [0x150b_7a02, 0xf23a_6e61, 0xbc19_7c81];

/// Bytecode that is being written.
#[derive(Debug, Default)]
struct Code(Vec<u8>);

impl Code {
    fn op(mut self, op: u8) -> Self {
        self.0.push(op);
        self
    }

    fn push(self, number: u64) -> Self {
        let bytes = number.to_be_bytes();
        let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
        self.bytes(&bytes[first..])
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.push(0x5f + u8::try_from(bytes.len()).expect("a word has 32 bytes"));
        self.0.extend(bytes);
        self
    }

    /// Jumps ahead, past what `rest` writes, if the top of the stack is not zero.
    fn unless(self, rest: impl FnOnce(Self) -> Self) -> Self {
        let mut code = self.bytes(&[0, 0]).op(JUMPI);
        let hole = code.0.len() - 3;
        code = rest(code);
        let here = u16::try_from(code.0.len()).expect("it is short");
        code.0[hole..hole + 2].copy_from_slice(&here.to_be_bytes());
        code.op(JUMPDEST)
    }

    /// Reverts with what the last call returned.
    fn bubble(self) -> Self {
        let copied = self.op(RETURNDATASIZE).push(0).push(0).op(RETURNDATACOPY);
        copied.op(RETURNDATASIZE).push(0).op(REVERT)
    }
}

/// What it is.
fn code(owner: Address, script: Option<&Script>) -> Bytes {
    let data = script.map(Script::data).unwrap_or_default();
    let length = written(owner, script, 0).0.len();
    let mut code = written(owner, script, length);
    code.0.extend(data);
    code.0.into()
}

fn written(owner: Address, script: Option<&Script>, end: usize) -> Code {
    let stranger = Code::default().op(CALLER).bytes(owner.as_slice()).op(EQ).op(ISZERO);
    // The owner says what to call: `execute(to, value, data)`.
    let commanded = stranger.unless(|code| {
        code.push(100)
            .op(CALLDATALOAD)
            .op(DUP1)
            .push(132)
            .push(0)
            .op(CALLDATACOPY)
            // What comes back is left where it is; what goes along begins at nothing.
            .push(0)
            .push(0)
            .op(SWAP2)
            .push(0)
            .push(36)
            .op(CALLDATALOAD)
            .push(4)
            .op(CALLDATALOAD)
            .op(GAS)
            .op(CALL)
            .unless(Code::bubble)
            .op(STOP)
    });
    let scripted = match script {
        None => commanded,
        Some(script) => script.write(commanded, end),
    };
    let questioned = scripted.op(CALLDATASIZE).unless(|code| code.op(STOP));
    let selector = questioned.push(0).op(CALLDATALOAD).push(224).op(SHR);
    let is_receiver = RECEIVERS.iter().fold(selector.push(0), |code, one| {
        // The selector lies below what is known so far.
        code.op(DUP2).push(u64::from(*one)).op(EQ).op(OR)
    });
    let returned = |code: Code| code.push(0).op(MSTORE).push(32).push(0).op(RETURN);
    let receiving = is_receiver.op(ISZERO).unless(|code| returned(code.push(224).op(SHL)));
    returned(receiving.push(1))
}

#[cfg(test)]
mod tests {
    use covenant_chain::{Call, Chain, ChainOptions, Outcome};

    use super::*;

    const OWNER: Address = Address::repeat_byte(1);
    const PUPPET: Address = Address::repeat_byte(2);
    const OTHER: Address = Address::repeat_byte(4);

    fn chain(script: Option<&Script>) -> Chain {
        let mut chain = Chain::new(ChainOptions::default()).expect("a chain needs nothing");
        chain.set_code(PUPPET, code(OWNER, script)).expect("it obeys");
        chain
    }

    fn called(chain: &Chain, from: Address, input: Vec<u8>) -> Outcome {
        let call = Call { from, to: PUPPET, input: input.into(), value: U256::ZERO };
        chain.call(&call).expect("it can be called")
    }

    fn returned(outcome: Outcome) -> Vec<u8> {
        match outcome {
            Outcome::Success { output, .. } => output.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    /// What an owner sends.
    fn forwarded(to: Address, value: u64, data: &[u8]) -> Vec<u8> {
        let mut padded = data.to_vec();
        padded.resize(data.len().div_ceil(32) * 32, 0);
        let words = [U256::from(value), U256::from(96), U256::from(data.len())];
        [&[7; 4][..], to.into_word().as_slice()]
            .concat()
            .into_iter()
            .chain(words.iter().flat_map(|word| word.to_be_bytes::<32>()))
            .chain(padded)
            .collect()
    }

    #[test]
    fn without_a_script_it_accepts() {
        let chain = chain(None);
        assert!(returned(called(&chain, OTHER, Vec::new())).is_empty());
        let truth = U256::from(1).to_be_bytes::<32>();
        assert_eq!(returned(called(&chain, OTHER, vec![1, 2, 3, 4])), truth);
        for selector in RECEIVERS {
            let mut word = [0; 32];
            word[..4].copy_from_slice(&selector.to_be_bytes());
            let data = [&selector.to_be_bytes()[..], &[0; 128]].concat();
            assert_eq!(returned(called(&chain, OTHER, data)), word);
        }
    }

    #[test]
    fn with_a_script_it_does_something_else() {
        let answer = |answer: Answer| {
            let chain = chain(Some(&Script::Answers(answer)));
            called(&chain, OTHER, vec![1, 2, 3, 4])
        };
        assert!(matches!(answer(Answer::Reverts), Outcome::Revert { .. }));
        assert!(matches!(answer(Answer::BurnsGas), Outcome::Revert { .. } | Outcome::Halt { .. }));
        assert_eq!(returned(answer(Answer::ReturnsMegabyte)).len(), 1 << 20);
        assert_eq!(returned(answer(Answer::ReturnsFalse)), [0; 32]);
    }

    #[test]
    fn it_calls_what_its_owner_says_and_what_its_script_says() {
        // sstore(calldataload(0), callvalue), and again.
        let notes: Bytes = vec![0x34, 0x60, 0x00, 0x35, 0x55].into();
        let mut chain = chain(None);
        chain.set_code(OTHER, notes).expect("it obeys");
        chain.set_balance(PUPPET, U256::from(10)).expect("it obeys");
        let slot = U256::from(5);
        let data = forwarded(OTHER, 3, &slot.to_be_bytes::<32>());
        let transaction = covenant_chain::Transaction::call(OWNER, PUPPET, data);
        assert!(chain.send(&transaction).expect("it can be sent").outcome.is_success());
        assert_eq!(chain.storage(OTHER, slot).expect("it is there"), U256::from(3));
        let other = U256::from(6);
        let data = forwarded(OTHER, 4, &other.to_be_bytes::<32>());
        let script = Script::Calls(vec![Forwarded::of(&data)]);
        chain.set_code(PUPPET, code(OWNER, Some(&script))).expect("it obeys");
        let transaction = covenant_chain::Transaction::call(OTHER, PUPPET, Bytes::new());
        assert!(chain.send(&transaction).expect("it can be sent").outcome.is_success());
        assert_eq!(chain.storage(OTHER, other).expect("it is there"), U256::from(4));
    }
    /// Each time the next, also where it is called during the one before.
    #[test]
    fn with_several_calls_it_makes_one_each_time() {
        // sstore(calldataload(0), callvalue), and whoever called is called.
        let notes = "346000355560006000600060006000335af100";
        let notes = alloy_primitives::hex::decode(notes).expect("code is in hexadecimal digits");
        let mut chain = chain(None);
        chain.set_code(OTHER, notes.into()).expect("it obeys");
        chain.set_balance(PUPPET, U256::from(10)).expect("it obeys");
        let slots = [5_u64, 6, 7].map(U256::from);
        let call = |slot: U256| Forwarded::of(&forwarded(OTHER, 1, &slot.to_be_bytes::<32>()));
        let calls = slots[..2].iter().map(|slot| call(*slot)).collect();
        chain.set_code(PUPPET, code(OWNER, Some(&Script::Calls(calls)))).expect("it obeys");
        let transaction = covenant_chain::Transaction::call(PUPPET, PUPPET, Bytes::new());
        assert!(chain.send(&transaction).expect("it can be sent").outcome.is_success());
        let noted = slots.map(|slot| chain.storage(OTHER, slot).expect("it is there"));
        assert_eq!(noted, [1_u64, 1, 0].map(U256::from));
    }
}
