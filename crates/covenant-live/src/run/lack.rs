//! Tokens that somebody has not, or has not let another take: the commonest reason why what would be sent fails.
//!
//! No look at a contract tells what it will want of a token, so it is found where the simulation fails: in a call of
//! `transfer` or `transferFrom` that did not succeed, by what the token says of it (ERC-6093), or else by what the holder
//! has and allows.

use std::{collections::BTreeSet, fmt, sync::Arc};

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolError, sol};
use covenant_chain::{Call, CallKind, CallTrace, Chain, ChainError, Outcome, TraceItem};
use covenant_scenario::event::{FailureKind, Run, Site};

use super::rehearsal::Rehearsal;

sol! {
    function transfer(address to, uint256 amount);
    function transferFrom(address from, address to, uint256 amount);
    function balanceOf(address account) returns (uint256);
    function allowance(address owner, address spender) returns (uint256);
    function decimals() returns (uint8);

    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
}

/// Why a step fails: tokens are missing, or an allowance of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Where the step stands.
    pub site: Arc<Site>,
    /// What it is called.
    pub step: String,
    /// The token, as the scenario knows it.
    pub token: String,
    /// Its address.
    pub at: Address,
    /// Its decimals, where it says so.
    pub decimals: Option<u8>,
    /// Who has too little, or has allowed too little.
    pub holder: String,
    /// Who may take too little; `None` where the holder himself has too little.
    pub spender: Option<String>,
    /// What the holder has, or lets the spender take.
    pub has: U256,
    /// What is needed.
    pub needs: U256,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site, step, token, at, holder, spender, has, needs, decimals } = self;
        let amount = |units: U256| match decimals {
            Some(decimals) if *decimals > 0 => format!("{units} ({})", scaled(units, *decimals)),
            _ => units.to_string(),
        };
        write!(f, "{}:{}: `{step}` would fail: ", site.file.display(), site.line)?;
        let (has, needs) = (amount(*has), amount(*needs));
        match spender {
            Some(spender) => write!(
                f,
                "{holder} lets {spender} take {has} of the token {token} ({at}), and {needs} would be taken"
            ),
            None => write!(f, "{holder} has {has} of the token {token} ({at}), and needs {needs}"),
        }
    }
}

/// An amount in whole tokens.
fn scaled(units: U256, decimals: u8) -> String {
    let digits = format!("{units:0>width$}", width = usize::from(decimals) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

impl Rehearsal {
    /// What was missing, if a run ended because of that.
    pub(super) fn lack(&self, run: &Run) -> Result<Option<Lack>, ChainError> {
        let failure = run.failures().find(|it| it.kind == FailureKind::UnexpectedRevert);
        let (Some(failure), Some((before, transaction))) = (failure, self.failed()) else {
            return Ok(None);
        };
        let trace = before.trace(transaction)?;
        let mut seen = Seen::default();
        seen.look(&trace);
        for (wanted, known) in seen.wanted.iter().rev() {
            let Some(found) = missing(before, wanted, *known)? else { continue };
            let Missing { holder, spender, has, needs } = found;
            let names = run.book.names();
            let name = |address: Address| match names.get(address) {
                Some(name) => format!("{name} ({address})"),
                None => address.to_string(),
            };
            let last = run.transactions().last();
            return Ok(Some(Lack {
                site: Arc::clone(&failure.site),
                step: last.map(|event| event.action.to_string()).unwrap_or_default(),
                token: names.label(wanted.token),
                at: wanted.token,
                decimals: decimals(before, wanted.token)?,
                holder: name(holder),
                spender: spender.map(name),
                has,
                needs,
            }));
        }
        Ok(None)
    }
}

/// A call that was to move tokens, and failed.
#[derive(Clone, Debug)]
struct Wanted {
    token: Address,
    holder: Address,
    /// Who called.
    mover: Address,
    amount: U256,
    outcome: Outcome,
}

/// What a holder has too little of.
struct Missing {
    holder: Address,
    spender: Option<Address>,
    has: U256,
    needs: U256,
}

/// Whether the state before the transaction was still that of the token when it was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Same,
    Changed,
}

/// What a tree of calls did with tokens, in order.
#[derive(Default)]
struct Seen {
    wanted: Vec<(Wanted, Before)>,
    /// Whom something was called at that may have changed it.
    touched: BTreeSet<Address>,
}

impl Seen {
    fn look(&mut self, call: &CallTrace) {
        // Behind a proxy the same call is seen again, in the code of another contract.
        if call.kind == CallKind::Call {
            if let Some(wanted) = Wanted::of(call) {
                let touched = self.touched.contains(&call.to);
                self.wanted.push((wanted, if touched { Before::Changed } else { Before::Same }));
            } else if call.outcome.is_success() {
                self.touched.insert(call.to);
            }
        }
        for item in &call.items {
            if let TraceItem::Call(inner) = item {
                self.look(inner);
            }
        }
    }
}

impl Wanted {
    /// A call that was to move tokens and did not: it failed, or said `false`.
    fn of(call: &CallTrace) -> Option<Self> {
        let refused = match &call.outcome {
            Outcome::Success { output, .. } => {
                output.len() == 32 && B256::from_slice(output).is_zero()
            }
            Outcome::Revert { .. } | Outcome::Halt { .. } => true,
        };
        let (holder, amount) = if let Ok(moved) = transferFromCall::abi_decode(&call.input) {
            (moved.from, moved.amount)
        } else if let Ok(moved) = transferCall::abi_decode(&call.input) {
            (call.from, moved.amount)
        } else {
            return None;
        };
        let (token, mover, outcome) = (call.to, call.from, call.outcome.clone());
        refused.then_some(Self { token, holder, mover, amount, outcome })
    }
}

/// What was missing: the token says it, or it is looked up in the state before.
fn missing(before: &Chain, wanted: &Wanted, known: Before) -> Result<Option<Missing>, ChainError> {
    let data = wanted.outcome.data().map(AsRef::as_ref).unwrap_or_default();
    if let Ok(said) = ERC20InsufficientAllowance::abi_decode(data) {
        let spender = Some(said.spender);
        let holder = wanted.holder;
        return Ok(Some(Missing { holder, spender, has: said.allowance, needs: said.needed }));
    }
    if let Ok(said) = ERC20InsufficientBalance::abi_decode(data) {
        let (holder, has, needs) = (said.sender, said.balance, said.needed);
        return Ok(Some(Missing { holder, spender: None, has, needs }));
    }
    if known == Before::Changed {
        return Ok(None);
    }
    let Wanted { token, holder, mover, amount: needs, .. } = *wanted;
    let too_little = |has: &U256| *has < needs;
    // What is called so and has no allowances is no such token: the number may be that of an NFT.
    let allowed = allowanceCall { owner: holder, spender: mover };
    let Some(allowed) = number(before, token, &allowed.abi_encode())? else { return Ok(None) };
    let balance = balanceOfCall { account: holder };
    if let Some(has) = number(before, token, &balance.abi_encode())?.filter(too_little) {
        return Ok(Some(Missing { holder, spender: None, has, needs }));
    }
    let taken = mover != holder && too_little(&allowed);
    Ok(taken.then_some(Missing { holder, spender: Some(mover), has: allowed, needs }))
}

/// What a contract answers, if that is one number.
fn number(chain: &Chain, contract: Address, input: &[u8]) -> Result<Option<U256>, ChainError> {
    let outcome = chain.call(&Call::new(contract, input.to_vec()))?;
    Ok(match outcome {
        Outcome::Success { output, .. } if output.len() == 32 => Some(U256::from_be_slice(&output)),
        _ => None,
    })
}

fn decimals(chain: &Chain, token: Address) -> Result<Option<u8>, ChainError> {
    let said = number(chain, token, &decimalsCall {}.abi_encode())?;
    Ok(said.and_then(|said| u8::try_from(said).ok()).filter(|decimals| *decimals <= 77))
}
