//! Money: that it is there, that it can be got out, and that nobody loses any without a reason.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use covenant_scenario::{
    expr::from_u256,
    plan::Dust,
    world::{Asset, World},
};
use num_bigint::BigInt;

use super::{
    Backwards, Books, Sets,
    sets::{before, can_reach, can_reach_anyhow, can_reach_at_once, is_meddled_with},
};
use crate::{
    cast::Cast,
    graph::{End, ExploreError, Graph, Piece, Role, StateId},
    verdict::Answer,
    zone::{Federation, Zone},
};

/// How an asset is called.
pub(crate) fn asset_name(world: &World, asset: Asset) -> String {
    match asset {
        Asset::Ether => "wei".to_owned(),
        Asset::Token(token) => world.tokens()[token.0].name.clone(),
    }
}

/// That the contracts hold at least what is claimed of them.
pub(crate) fn conservation(graph: &Graph, books: &Books) -> Answer {
    let mut bad = Sets::none(graph);
    let mut worst: BTreeMap<Asset, BigInt> = BTreeMap::new();
    for id in graph.ids() {
        for owed in books.owed(id) {
            for asset in books.assets() {
                let missing = claimed(books, &owed.amounts, asset) - books.holding(id, asset);
                if missing > BigInt::ZERO {
                    bad.add(id, &owed.zone);
                    let most = worst.entry(asset).or_default();
                    *most = missing.max(most.clone());
                }
            }
        }
    }
    let Some((asset, missing)) = worst.into_iter().next() else {
        return Answer::holds(None);
    };
    let unit = asset_name(&graph.world, asset);
    let what = format!("up to {missing} {unit} more are claimed than the contracts hold");
    Answer::Broken { at: bad, then: None, what, can_be_saved: false }
}

fn claimed(books: &Books, amounts: &[BigInt], asset: Asset) -> BigInt {
    let claims = books.claims().iter().zip(amounts);
    claims.filter(|(claim, _)| claim.asset == asset).map(|(_, amount)| amount).sum()
}

/// The states in which every claim is settled.
fn settled(graph: &Graph, books: &Books) -> Sets {
    let mut settled = Sets::none(graph);
    for id in graph.ids() {
        for owed in books.owed(id) {
            if owed.amounts.iter().all(|amount| *amount <= BigInt::ZERO) {
                settled.add(id, &owed.zone);
            }
        }
    }
    settled
}

/// That from every state all claims can still be settled, and nothing stays behind but what strangers gave away.
pub(crate) fn no_trapped_funds(
    graph: &Graph,
    backwards: &Backwards,
    books: &Books,
    cast: &Cast,
    dust: &[Dust],
) -> Result<Answer, ExploreError> {
    // What was there before, and is nobody's.
    let start = StateId(0);
    let first = books.owed(start).first().map(|owed| owed.amounts.clone()).unwrap_or_default();
    let mut allowed = BTreeMap::new();
    for asset in books.assets() {
        let surplus = books.holding(start, asset) - claimed(books, &first, asset);
        let dust = dust.iter().find(|dust| dust.asset == asset);
        let dust = dust.map_or(BigInt::ZERO, |dust| BigInt::from(dust.amount.to::<u128>()));
        allowed.insert(asset, surplus.max(BigInt::ZERO) + dust);
    }
    let settled = settled(graph, books);
    let mut empty = Sets::none(graph);
    let mut left: BTreeMap<StateId, BTreeMap<Asset, BigInt>> = BTreeMap::new();
    for id in graph.ids() {
        let mut stays = BTreeMap::new();
        for (asset, allowed) in &allowed {
            let rest = books.holding(id, *asset) - allowed - gifts(graph, cast, id, *asset)?;
            if rest > BigInt::ZERO {
                stays.insert(*asset, rest);
            }
        }
        if stays.is_empty() {
            for zone in settled.of(id).zones() {
                empty.add(id, zone);
            }
        }
        left.insert(id, stays);
    }
    let everything = Sets::everything(graph);
    let trapped = everything.minus(&can_reach(graph, backwards, &empty, |_, _| true));
    if trapped.is_empty() {
        return Ok(Answer::holds(None));
    }
    let most = trapped.members(graph).flat_map(|(id, _)| left[&id].iter());
    let most = most.max_by_key(|(_, amount)| (*amount).clone());
    let what = match most {
        Some((asset, amount)) => {
            let unit = asset_name(&graph.world, *asset);
            format!("up to {amount} {unit} can never be got out again")
        }
        None => "a claim can never be settled again".to_owned(),
    };
    Ok(Answer::Broken { at: trapped, then: None, what, can_be_saved: true })
}

/// What strangers have spent of an asset.
fn gifts(graph: &Graph, cast: &Cast, id: StateId, asset: Asset) -> Result<BigInt, ExploreError> {
    let Some(purse) = cast.strangers.purse.get(&asset) else { return Ok(BigInt::ZERO) };
    let world = graph.world_in(id, &graph.node(id).reach.zones()[0])?;
    let unanswered = |kind| ExploreError::Unanswered { what: format!("a balance ({kind})") };
    let token = match asset {
        Asset::Ether => None,
        Asset::Token(token) => Some(world.token_address(token).map_err(unanswered)?),
    };
    let mut given = BigInt::ZERO;
    for outsider in &cast.strangers.all {
        let has = world.balance(token, world.actor(*outsider).address).map_err(unanswered)?;
        given += (from_u256(*purse) - from_u256(has)).max(BigInt::ZERO);
    }
    Ok(given)
}

/// That anybody can settle every claim in the end, and from which instant on at once. What anybody can do is seen in a
/// graph of its own, in which he moves too.
pub(crate) fn ends(graph: &Graph, with_anyone: &Graph, books: &Books, cast: &Cast) -> Answer {
    let anyone = cast.which(|one, role| role == Role::Anyone && !one.has_reaction());
    let backwards = Backwards::of(with_anyone);
    let settled = settled(with_anyone, books);
    let can = can_reach_anyhow(with_anyone, &backwards, &settled, &anyone);
    let never = beyond(graph, with_anyone, &can);
    if !never.is_empty() {
        let latest = never.members(graph).map(|(_, zone)| zone.latest()).max().unwrap_or_default();
        let mut at = Sets::none(graph);
        for (id, zone) in never.members(graph) {
            if let Some(zone) = zone.from(latest) {
                at.add(id, &zone);
            }
        }
        let what = "a claim is open, and nobody in particular can ever settle it".to_owned();
        return Answer::Broken { at, then: None, what, can_be_saved: true };
    }
    let at_once = can_reach_at_once(with_anyone, &backwards, &settled, |id, piece| {
        anyone.contains(&piece.by) && !is_meddled_with(with_anyone, id, piece.by)
    });
    let waits = beyond(graph, with_anyone, &at_once);
    let detail = match waits.members(graph).map(|(_, zone)| zone.latest()).max() {
        None => "anybody can settle at any time".to_owned(),
        Some(latest) if latest < graph.horizon => {
            format!("anybody can settle from {} on", crate::when::date(latest + 1))
        }
        Some(_) => "anybody can settle, some time after it began".to_owned(),
    };
    Answer::holds(Some(detail))
}

/// What of a graph is not in a set of a wider one.
fn beyond(graph: &Graph, wider: &Graph, set: &Sets) -> Sets {
    let numbers: HashMap<u128, StateId> =
        wider.ids().map(|id| (wider.node(id).state.key(), id)).collect();
    let mut rest = Sets::none(graph);
    for id in graph.ids() {
        let node = graph.node(id);
        let there = numbers.get(&node.state.key());
        for zone in node.reach.zones() {
            let left = there.map_or_else(
                || Federation::from(zone.clone()),
                |there| set.of(*there).remainder_of(zone),
            );
            for zone in left.into_zones() {
                rest.add(id, &zone);
            }
        }
    }
    rest
}

/// That a claim falls only by its owner's act, by the ruling of somebody who gains nothing by it, or by a deadline.
pub(crate) fn no_unattributed_loss(graph: &Graph, books: &Books, cast: &Cast) -> Answer {
    let mut causes: BTreeSet<String> = BTreeSet::new();
    for id in graph.ids() {
        let node = graph.node(id);
        for piece in &node.pieces {
            let End::Leads { to, .. } = &piece.end else { continue };
            for (earlier, later) in
                books.owed(id).iter().flat_map(|a| books.owed(*to).iter().map(move |b| (a, b)))
            {
                let losers: Vec<usize> = (0..books.claims().len())
                    .filter(|claim| {
                        let fall = &earlier.amounts[*claim] - &later.amounts[*claim];
                        let got = books.balance(*to, *claim) - books.balance(id, *claim);
                        fall > BigInt::ZERO && got < fall
                    })
                    .collect();
                if losers.is_empty() {
                    continue;
                }
                let when: Vec<Zone> = before(graph, id, piece, &later.zone)
                    .into_zones()
                    .iter()
                    .filter_map(|zone| zone.intersection(&earlier.zone))
                    .collect();
                if when.is_empty() {
                    continue;
                }
                let one = &graph.moves[piece.by.index()];
                let mover = &graph.world.actor(one.actor).name;
                for claim in losers {
                    // What is lost only if a stranger's contract meddles is nobody's own act, and no ruling.
                    let is_own = is_as_bad_alone(graph, books, (id, piece, &when), (claim, *to));
                    let owner = books.claims()[claim].actor;
                    let name = &graph.world.actor(owner).name;
                    let cause = if is_own && (owner == one.actor || one.needs(owner)) {
                        "his own act"
                    } else if is_own && is_ruling(books, cast, piece.by.index(), one.actor) {
                        "a ruling"
                    } else if is_deadline(graph, id, &piece.guard) {
                        "a deadline"
                    } else {
                        let at = Sets::only(graph, id, &when);
                        let what = format!("{mover}'s `{}` takes from {name}'s claim", one.text);
                        let then = Some(piece.by);
                        return Answer::Broken { at, then, what, can_be_saved: false };
                    };
                    causes.insert(format!("{name} by {mover}'s `{}`: {cause}", one.text));
                }
            }
        }
    }
    if causes.is_empty() {
        return Answer::holds(None);
    }
    let causes = causes.into_iter().collect::<Vec<_>>().join("; ");
    Answer::holds(Some(format!("claims fall for {causes}")))
}

/// Whether a claim loses as much at these times by the move alone, if a stranger's contract meddles with it here.
fn is_as_bad_alone(
    graph: &Graph,
    books: &Books,
    (id, piece, when): (StateId, &Piece, &[Zone]),
    (claim, to): (usize, StateId),
) -> bool {
    let one = &graph.moves[piece.by.index()];
    if !one.has_reaction() {
        return true;
    }
    // What he has, and is owed, at each of the times.
    let worth = |id: StateId| {
        let owed = books.owed(id).iter().map(|owed| &owed.amounts[claim]);
        owed.map(|owed| books.balance(id, claim) + owed).collect::<Vec<BigInt>>()
    };
    let alone = graph.node(id).pieces.iter().filter(|other| Some(other.by) == one.base());
    alone.into_iter().any(|other| match other.end {
        End::Leads { to: other_to, .. } => {
            when.iter().all(|zone| zone.intersection(&other.guard).as_ref() == Some(zone))
                && worth(other_to).iter().max() <= worth(to).iter().min()
        }
        End::Fails => false,
    })
}

/// Whether somebody moves who has no claim himself, and gets nothing by it.
fn is_ruling(
    books: &Books,
    cast: &Cast,
    index: usize,
    mover: covenant_scenario::expr::ActorId,
) -> bool {
    cast.moves[index].role == Role::Actor && books.claims().iter().all(|claim| claim.actor != mover)
}

/// Whether a move has to wait for its time.
fn is_deadline(graph: &Graph, id: StateId, guard: &Zone) -> bool {
    let reach = &graph.node(id).reach;
    let sooner = reach.within(&guard.earlier());
    sooner.zones().iter().any(|zone| !zone.without(guard).is_empty())
}
