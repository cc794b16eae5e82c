//! What would go wrong on a network is found before anything is signed, and said more plainly than its simulation would.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{HardFork, TxKind};
use covenant_scenario::event::{Run, TransactionEvent, TransactionResult};

use super::{
    cast::Cast,
    error::LiveError,
    perform::Voyage,
    rehearsal::{Stage, first_failure},
};
use crate::{
    journal::{Identity, Position, StepId},
    preflight::{PreflightError, Profile, check_sizes},
    rpc::{CallRequest, Client, RpcError},
    send::{Expectation, Step},
};

/// Code that ends at once under every rules.
const PLAIN: [u8; 3] = [0x60, 0x00, 0x00];

/// Code that ends at once since a hard fork, and does not run under earlier ones; with the rules before it.
const PROBES: [(HardFork, HardFork, &[u8]); 3] = [
    // PUSH0
    (HardFork::Shanghai, HardFork::Paris, &[0x5f, 0x00]),
    // MCOPY of nothing
    (HardFork::Cancun, HardFork::Shanghai, &[0x5f, 0x5f, 0x5f, 0x5e, 0x00]),
    // CLZ
    (HardFork::Osaka, HardFork::Prague, &[0x5f, 0x1e, 0x00]),
];

impl Voyage {
    /// Refuses to begin what the network would not take, although the simulation might, on the state of
    /// this block.
    pub(super) fn inspect(
        &self,
        client: &mut Client,
        (cast, stage): (&Cast, &Stage<'_>),
        simulated: &Run,
        block: u64,
    ) -> Result<(), LiveError> {
        let profile = Profile::of(client.chain_id());
        let senders: BTreeSet<Address> =
            simulated.transactions().map(|event| event.sent.from).collect();
        let mut nonces = BTreeMap::new();
        for account in &senders {
            let (used, waiting) = (client.nonce(*account, block)?, client.pending_nonce(*account)?);
            if waiting > used && cast.accounts.values().any(|it| it == account) {
                let count = waiting - used;
                return Err(PreflightError::Waiting { account: *account, count }.into());
            }
            nonces.insert(*account, used);
        }
        let steps = steps(simulated, &mut nonces);
        for step in steps.iter().filter(|step| step.to.is_none()) {
            let address = step.creates.expect("it creates something");
            if !client.code(address, block)?.is_empty() {
                let step = Box::new(step.id.clone());
                return Err(PreflightError::Occupied { step, address }.into());
            }
        }
        check_sizes(&steps, &profile).map_err(LiveError::from)?;
        for (step, event) in steps.iter().zip(sent(simulated)) {
            if let Some(limit) = profile.gas.filter(|limit| event.gas_used > *limit) {
                let needs = Some(event.gas_used);
                let step = Box::new(step.id.clone());
                return Err(PreflightError::OutOfGas { step, limit, needs }.into());
            }
        }
        if simulated.failures().next().is_none() {
            rules(client, stage, block)?;
        }
        Ok(())
    }
}

/// The transactions that would be sent.
fn sent(run: &Run) -> impl Iterator<Item = &TransactionEvent> {
    run.transactions().filter(|event| matches!(event.result, TransactionResult::Mined(_)))
}

/// The same as steps, of which only what has to do with sizes and addresses matters.
fn steps(run: &Run, nonces: &mut BTreeMap<Address, u64>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (position, event) in (0..).map(Position).zip(sent(run)) {
        let sent = &event.sent;
        let nonce = nonces.entry(sent.from).or_default();
        let (to, creates) = match sent.kind {
            TxKind::Call(to) => (Some(to), None),
            TxKind::Create => (None, Some(sent.from.create(*nonce))),
        };
        *nonce += 1;
        let name = event.action.to_string();
        let identity = Identity::of(&[name.as_bytes(), &sent.input]);
        steps.push(Step {
            id: StepId { position, name, identity },
            sender: sent.from,
            to,
            value: sent.value,
            input: sent.input.clone(),
            gas_limit: sent.gas_limit,
            creates,
            code: None,
            expects: Expectation::Success,
            after: Vec::new(),
            by: None,
        });
    }
    steps
}

/// Refuses a scenario that holds by the rules it is simulated by, and fails by those that the network has.
fn rules(client: &mut Client, stage: &Stage<'_>, block: u64) -> Result<(), LiveError> {
    let wanted = stage.plan.chain.hard_fork;
    // A node that creates nothing in a call tells nothing.
    if !runs(client, &PLAIN, block)? {
        return Ok(());
    }
    let (mut newest, mut missing) = (None, None);
    for (fork, before, code) in PROBES {
        if !runs(client, code, block)? {
            missing = Some((fork, before));
            break;
        }
        newest = Some(fork);
    }
    if let Some((missing, before)) = missing.filter(|(fork, _)| *fork <= wanted) {
        return match failure(stage, before)? {
            Some(reason) => Err(PreflightError::Rules { missing, reason }.into()),
            None => Ok(()),
        };
    }
    if let Some(has) = newest.filter(|fork| *fork > wanted)
        && let Some(reason) = failure(stage, has)?
    {
        return Err(PreflightError::NewerRules { has, reason }.into());
    }
    Ok(())
}

/// Why a scenario fails by these rules, if it does.
fn failure(stage: &Stage<'_>, rules: HardFork) -> Result<Option<String>, LiveError> {
    let (run, _) = stage.rehearse(rules, 0)?;
    Ok(first_failure(&run))
}

/// Whether the network runs this code.
fn runs(client: &mut Client, code: &'static [u8], block: u64) -> Result<bool, LiveError> {
    let data = Bytes::from_static(code);
    let call = CallRequest { from: Address::ZERO, to: None, value: U256::ZERO, data };
    match client.call(&call, block) {
        Ok(_) => Ok(true),
        Err(RpcError::Refused { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
