//! Strangers of a counterexample, as actors of a scenario: who they are, what they get, and what one that is a contract is
//! told to do when it is called.

use alloy_primitives::U256;
use covenant_explore::{Act, Errand, Meanwhile, Story};
use covenant_scenario::{
    expr::{ActorId, TokenId},
    plan::Plan,
    world::{Asset, Party},
};

use super::{assemble::Unsaved, sections::quoted};

/// The bundled contract that does what it is told when it is called.
const OBEYS: &str = "Obeys";

/// A stranger of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stranger {
    name: String,
    /// Whether it is a contract.
    is_contract: bool,
    /// What he has at first, in wei.
    ether: U256,
    /// What he has of tokens, by their names, in the smallest unit.
    tokens: Vec<(String, U256)>,
}

/// Those strangers of a story who act in it, or of whom something in it speaks.
pub(super) fn strangers(plan: &Plan, story: &Story) -> Result<Vec<Stranger>, Unsaved> {
    let mut all = Vec::new();
    for (id, actor) in story.end.actors().iter().enumerate().skip(plan.actors.len()) {
        let id = ActorId(id);
        let is_there =
            |one: &Act| one.actor == id || texts(one).any(|text| mentions(text, &actor.name));
        let is_told = actor.via.is_some()
            && story.acts.iter().any(|act| !matches!(act.meanwhile, Meanwhile::Nothing));
        if !is_told && !story.acts.iter().any(is_there) {
            continue;
        }
        if !actor.name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_') {
            return Err(Unsaved("a stranger acts in it who has no name of his own"));
        }
        let has = |asset| story.before.get(asset, Party::Actor(id));
        let tokens = plan.tokens.iter().enumerate();
        let tokens =
            tokens.map(|(id, token)| (token.name.to_string(), has(Asset::Token(TokenId(id)))));
        all.push(Stranger {
            name: actor.name.clone(),
            is_contract: actor.via.is_some(),
            ether: has(Asset::Ether),
            tokens: tokens.filter(|(_, amount)| !amount.is_zero()).collect(),
        });
    }
    Ok(all)
}

/// What is done in an act, by whomever.
fn texts(act: &Act) -> impl Iterator<Item = &str> {
    let errands = match &act.meanwhile {
        Meanwhile::Calls(errands) => errands.as_slice(),
        Meanwhile::Nothing | Meanwhile::Answers(_) => &[],
    };
    [&*act.alone].into_iter().chain(errands.iter().map(|errand| &*errand.text))
}

/// Whether a name stands in a text as a word.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|one: char| !(one.is_ascii_alphanumeric() || one == '_')).any(|word| word == name)
}

impl Stranger {
    /// As an entry of `actors`.
    pub(super) fn entry(&self) -> String {
        let Self { name, ether, .. } = self;
        let contract =
            if self.is_contract { format!("contract: {OBEYS}, ") } else { String::new() };
        format!("{name}: {{ {contract}balance: {ether} }}")
    }

    /// The steps by which he gets his tokens, and lets every contract take them.
    pub(super) fn steps(&self, plan: &Plan, indent: &str) -> String {
        let name = &self.name;
        let mut out = String::new();
        for (token, amount) in &self.tokens {
            out.extend([format!("{indent}- {name}: {token}.mint({name}, {amount})\n")]);
            for instance in &plan.instances {
                let spender = &instance.name;
                out.extend([format!(
                    "{indent}- {name}: {token}.approve({spender}, type(uint256).max)\n"
                )]);
            }
        }
        out
    }
}

/// The steps that tell a stranger's contract what to do when it is called next, and those after which it forgets that.
pub(super) fn told(
    strangers: &[Stranger],
    meanwhile: &Meanwhile,
    indent: &str,
) -> Result<(String, String), Unsaved> {
    let none = (String::new(), String::new());
    if matches!(meanwhile, Meanwhile::Nothing) {
        return Ok(none);
    }
    let Some(Stranger { name, .. }) = strangers.iter().find(|one| one.is_contract) else {
        return Ok(none);
    };
    let step = |call: String| {
        let call = format!("{OBEYS}({name}).{call}");
        format!("{indent}- {name}: {}\n", quoted(&call))
    };
    let before = match meanwhile {
        Meanwhile::Nothing => String::new(),
        Meanwhile::Answers(how) => step(format!("tell({OBEYS}.Answer.{how})")),
        Meanwhile::Calls(errands) => {
            let told = errands.iter().map(|one| errand(one).map(step));
            told.collect::<Option<_>>()
                .ok_or(Unsaved("what a stranger's contract does in it cannot be written down"))?
        }
    };
    Ok((before, step("rest()".to_owned())))
}

/// `errand(bank, 1, abi.encodePacked(…))`, for `bank.fund{value: 1}(terms)` or `transfer(bank, 1)`.
fn errand(one: &Errand) -> Option<String> {
    let Errand { text, signature } = one;
    let Some(signature) = signature else {
        let (to, amount) = text.strip_prefix("transfer(")?.strip_suffix(')')?.split_once(", ")?;
        return Some(format!("errand({to}, {amount}, \"\")"));
    };
    let (target, call) = text.split_once('.')?;
    let call = &call[call.find(['{', '('])?..];
    let (value, args) = match call.strip_prefix("{value: ") {
        Some(call) => call.split_once("}(")?,
        None => ("0", call.strip_prefix('(')?),
    };
    let args = args.strip_suffix(')')?;
    let selector = format!("bytes4(keccak256(\"{signature}\"))");
    let data = match args {
        "" => format!("abi.encodePacked({selector})"),
        args => format!("abi.encodePacked({selector}, abi.encode({args}))"),
    };
    Some(format!("errand({target}, {value}, {data})"))
}

#[cfg(test)]
pub(super) fn person(name: &str, ether: u64) -> Stranger {
    Stranger {
        name: name.to_owned(),
        is_contract: false,
        ether: U256::from(ether),
        tokens: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn errand_of(text: &str, signature: Option<&str>) -> Option<String> {
        errand(&Errand { text: Arc::from(text), signature: signature.map(str::to_owned) })
    }

    #[test]
    fn calls_become_errands() {
        let plain = errand_of("bank.withdraw()", Some("withdraw()"));
        let data = "abi.encodePacked(bytes4(keccak256(\"withdraw()\")))";
        assert_eq!(plain, Some(format!("errand(bank, 0, {data})")));
        let paid =
            errand_of("bank.fund{value: 5}(terms{amount: 1}, [2, 3])", Some("fund(uint8,uint8[])"));
        let data = "abi.encodePacked(bytes4(keccak256(\"fund(uint8,uint8[])\")), abi.encode(terms{amount: 1}, [2, 3]))";
        assert_eq!(paid, Some(format!("errand(bank, 5, {data})")));
        let sent = errand_of("transfer(bank, balance(one))", None);
        assert_eq!(sent.as_deref(), Some("errand(bank, balance(one), \"\")"));
    }

    #[test]
    fn a_contract_is_told_before_and_forgets_after() {
        let one = Stranger { is_contract: true, ..person("it", 7) };
        assert_eq!(one.entry(), "it: { contract: Obeys, balance: 7 }");
        let (before, after) =
            told(&[one], &Meanwhile::Answers("Reverts"), "").expect("it is short");
        assert_eq!(before, "- it: Obeys(it).tell(Obeys.Answer.Reverts)\n");
        assert_eq!(after, "- it: Obeys(it).rest()\n");
    }

    #[test]
    fn only_whole_words_mention_somebody() {
        assert!(mentions("box.give(stranger, 1)", "stranger"));
        assert!(!mentions("box.give(stranger_contract, 1)", "stranger"));
    }
}
