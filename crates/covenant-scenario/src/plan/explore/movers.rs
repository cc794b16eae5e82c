//! Who acts, and how.

use super::types::{Move, Mover, Moves, Outsiders};
use crate::{
    expr::{AstKind, Type, Typed, parse},
    plan::builder::{Builder, one_line},
    raw::{Entries, RawAmounts, RawMove, RawMoves, RawOutsiders},
    source::{Diagnostic, Text},
    world::Asset,
    yaml::brief,
};

/// The word for an actor who may do anything.
const FREE: &str = "free";

impl Builder<'_> {
    pub(super) fn movers(&mut self, raw: &Entries<RawMoves>) -> Option<Vec<Mover>> {
        let movers: Vec<Option<Mover>> =
            raw.iter().map(|(name, moves)| self.mover(name, moves)).collect();
        movers.into_iter().collect()
    }

    fn mover(&mut self, name: &Text, raw: &RawMoves) -> Option<Mover> {
        let path = format!("explore.actors.{}", name.value);
        let actor = self.actor_named(name);
        let moves = match raw {
            RawMoves::Word(word) => self.free(word),
            RawMoves::Listed(moves) => {
                let moves: Vec<Option<Move>> = moves
                    .iter()
                    .enumerate()
                    .map(|(index, raw)| self.one_move(raw, &format!("{path}[{index}]")))
                    .collect();
                moves.into_iter().collect::<Option<_>>().map(Moves::Exactly)
            }
        };
        Some(Mover { actor: actor?, moves: moves?, site: self.site(path, name.span) })
    }

    fn free(&mut self, word: &Text) -> Option<Moves> {
        let said = word.as_str().trim();
        if said == FREE {
            return Some(Moves::Free);
        }
        let message = format!("`{}` does not say how this actor acts", brief(said));
        let call = matches!(parse(word), Ok(ast) if matches!(ast.kind, AstKind::Call(..)));
        let hint = if crate::raw::closest(said, [FREE]).is_some() {
            format!("did you mean `{FREE}`?")
        } else if call {
            format!("calls are listed: `- {}`, on a line of its own", one_line(said))
        } else {
            format!("write `{FREE}`, or a list of calls")
        };
        self.error(Diagnostic::error(word.span, message).hint(hint))
    }

    pub(super) fn one_move(&mut self, raw: &RawMove, path: &str) -> Option<Move> {
        let checked = self.called(&raw.call, raw.args.as_ref());
        let value = self.optional_word(raw.value.as_ref());
        let gas_limit = self.gas_limit(raw.gas_limit.as_ref());
        let (checked, value, gas_limit) = (checked?, value?, gas_limit?);
        let value = self.one_of(value, checked.value.clone(), "value")?;
        let gas_limit = self.one_of(gas_limit, checked.gas.clone(), "gas")?;
        if let Some(value) = &value
            && let Some(refusal) = checked.refuse_value(value.span)
        {
            return self.error(refusal);
        }
        Some(Move {
            action: checked.action,
            value,
            gas_limit,
            text: one_line(raw.call.as_str()),
            site: self.site(path, raw.call.span),
        })
    }

    pub(super) fn outsiders(&mut self, (name, raw): &(Text, RawOutsiders)) -> Option<Outsiders> {
        if self.scope.actors().contains(&name.as_str()) {
            let message =
                format!("`{}` are strangers here, and an actor has that name", name.value);
            return self.error(Diagnostic::error(name.span, message).hint("rename the actor"));
        }
        let amounts = match &raw.purse {
            RawAmounts::Amount(text) => vec![(Some(Asset::Ether), text)],
            RawAmounts::ByAsset(assets) => {
                assets.iter().map(|(asset, text)| (self.asset(asset), text)).collect()
            }
        };
        let purse: Vec<Option<(Asset, Typed)>> = amounts
            .into_iter()
            .map(|(asset, text)| {
                let amount = self.expression(text, Some(&Type::UINT256));
                Some((asset?, amount?))
            })
            .collect();
        let purse = purse.into_iter().collect::<Option<_>>()?;
        Some(Outsiders { purse, site: self.site("explore.actors.outsiders", name.span) })
    }
}
