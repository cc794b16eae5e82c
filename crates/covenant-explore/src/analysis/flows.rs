//! That no transition makes money out of nothing, or lets it vanish.
//!
//! Every transition of the graph is made once more, and what all accounts have that it touched is added up before and
//! after it: of ETH that must be the same, of a token it must differ by as much as its supply does. Of a token those
//! accounts are touched that anything was changed of, that are told of in its events, and everybody in the scenario.

use std::collections::BTreeSet;

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{Call, Difference, Outcome, Receipt};
use covenant_scenario::{
    expr::from_u256,
    plan::Dust,
    world::{Asset, World},
};
use num_bigint::{BigInt, Sign};

use super::{Sets, funds::asset_name, observe::unanswered};
use crate::{
    graph::{End, ExploreError, Graph, Piece, StateId, send},
    verdict::Answer,
    zone::Zone,
};

/// The selector of `totalSupply()`.
const TOTAL_SUPPLY: [u8; 4] = [0x18, 0x16, 0x0d, 0xdd];

/// That the transfers of each transition sum to zero; `None` where they do. What is no more than dust is not counted.
pub(crate) fn flows(graph: &Graph, dust: &[Dust]) -> Result<Option<Answer>, ExploreError> {
    let mut world = graph.world.clone();
    for id in graph.ids() {
        for piece in &graph.node(id).pieces {
            let times = graph.node(id).reach.within(&piece.guard);
            let Some(zone) = times.zones().first() else { continue };
            let Some(flow) = flow(graph, &mut world, (id, piece, zone))? else { continue };
            let few = dust.iter().find(|dust| dust.asset == flow.asset);
            let few = few.map_or(BigInt::ZERO, |dust| from_u256(dust.amount));
            if BigInt::from(flow.more.magnitude().clone()) <= few {
                continue;
            }
            let at = Sets::only(graph, id, std::slice::from_ref(zone));
            let what = flow.told(graph, piece);
            let answer = Answer::Broken { at, then: Some(piece.by), what, can_be_saved: false };
            return Ok(Some(answer));
        }
    }
    Ok(None)
}

/// What a transition makes out of nothing.
struct Flow {
    asset: Asset,
    /// How much; less than nothing where something vanishes.
    more: BigInt,
}

impl Flow {
    fn told(&self, graph: &Graph, piece: &Piece) -> String {
        let text = &graph.moves[piece.by.index()].text;
        let (unit, amount) = (asset_name(&graph.world, self.asset), self.more.magnitude());
        if self.more.sign() == Sign::Plus {
            format!("`{text}` makes {amount} {unit} out of nothing")
        } else {
            format!("`{text}` lets {amount} {unit} vanish")
        }
    }
}

fn flow(
    graph: &Graph,
    world: &mut World,
    (id, piece, zone): (StateId, &Piece, &Zone),
) -> Result<Option<Flow>, ExploreError> {
    if !matches!(piece.end, End::Leads { .. }) {
        return Ok(None);
    }
    let state = &graph.node(id).state;
    let mut before = None;
    let keep = |world: &World| before = Some(world.snapshot());
    let one = &graph.moves[piece.by.index()];
    let sent = send(world, graph.pace, (state, &zone.earliest()), (one, graph.eyes()), keep)?;
    let Ok((receipt, differences)) = sent.receipt else { return Ok(None) };
    let ether: BigInt = differences.iter().map(gained).sum();
    if ether != BigInt::ZERO {
        return Ok(Some(Flow { asset: Asset::Ether, more: ether }));
    }
    let tokens: Vec<(Asset, Address)> =
        world.assets().into_iter().filter_map(|(asset, token)| Some((asset, token?))).collect();
    let mut after = Vec::new();
    for (_, token) in &tokens {
        let touched = touched(world, *token, &receipt, &differences);
        let total = total(world, *token, &touched)?;
        after.push((touched, total));
    }
    world.restore(&before.expect("the world is shown before a move is sent"));
    for ((asset, token), (touched, after)) in tokens.into_iter().zip(after) {
        let before = total(world, token, &touched)?;
        if let (Some(before), Some(after)) = (before, after)
            && before != after
        {
            return Ok(Some(Flow { asset, more: after - before }));
        }
    }
    Ok(None)
}

/// What an account has more of ETH.
fn gained(difference: &Difference) -> BigInt {
    match difference {
        Difference::Account { before, after, .. } => {
            from_u256(after.balance) - from_u256(before.balance)
        }
        Difference::Slot { .. } => BigInt::ZERO,
    }
}

/// Whose balance of a token a transaction can have changed.
fn touched(
    world: &World,
    token: Address,
    receipt: &Receipt,
    differences: &[Difference],
) -> BTreeSet<Address> {
    let known = world.parties().into_iter().map(|(_, address)| address);
    let changed = differences.iter().map(|difference| match difference {
        Difference::Account { address, .. } | Difference::Slot { address, .. } => *address,
    });
    let told = receipt.logs.iter().filter(|log| log.address == token).flat_map(|log| {
        log.topics.iter().skip(1).map(|topic| Address::from_word(*topic)).collect::<Vec<_>>()
    });
    known.chain(changed).chain(told).collect()
}

/// What some accounts have together beyond the supply; `None` of a token that does not say what its supply is.
fn total(
    world: &World,
    token: Address,
    accounts: &BTreeSet<Address>,
) -> Result<Option<BigInt>, ExploreError> {
    let input = Bytes::copy_from_slice(&TOTAL_SUPPLY);
    let call = Call { from: Address::ZERO, to: token, input, value: U256::ZERO };
    let supply = match world.chain.call(&call)? {
        Outcome::Success { output, .. } if output.len() == 32 => U256::from_be_slice(&output),
        _ => return Ok(None),
    };
    let mut sum = -from_u256(supply);
    for account in accounts {
        let has = world.balance(Some(token), *account).map_err(unanswered("a balance"))?;
        sum += from_u256(has);
    }
    Ok(Some(sum))
}
