//! Properties in words: `no trapped funds`, `exit(buyer) within 30 days`.

use super::{
    types::PropertyKind,
    words::{Applied, after, trimmed, words},
};
use crate::{
    expr::{ActorId, Args, Ast, AstKind, check, parse},
    plan::builder::{Builder, one_line},
    raw::PROPERTIES,
    source::{Diagnostic, Text},
    yaml::brief,
};

const EXIT: &str = "write `exit(buyer) alone` or `exit(buyer) within 30 days`";
const REACTION: &str = "write `reaction(buyer)` or `reaction(buyer) at least 2 days`";
const EXIT_GAS: &str = "write `exit gas <= 2_000_000`";
const ONLY: &str = "write `only(arbiter, escrow.rule)`: who may call it, and the function";

impl Builder<'_> {
    /// Checks a property in words.
    pub(super) fn phrase(&mut self, text: &Text) -> Option<PropertyKind> {
        if let Some(applied) = Applied::of(text) {
            return match applied.head.as_str() {
                "exit" => self.exit(&applied),
                "reaction" => self.reaction(&applied),
                "only" => self.only(text),
                _ => self.no_property(text),
            };
        }
        match one_line(text.as_str()).as_ref() {
            "conservation" => Some(PropertyKind::Conservation),
            "no trapped funds" => Some(PropertyKind::NoTrappedFunds),
            "ends" => Some(PropertyKind::Ends),
            "no unattributed loss" => Some(PropertyKind::NoUnattributedLoss),
            "incentives" => Some(PropertyKind::Incentives),
            "order" => Some(PropertyKind::Order),
            "rules" => Some(PropertyKind::Rules),
            line if line.starts_with("exit gas") => self.exit_gas(text),
            _ => self.no_property(text),
        }
    }

    fn exit(&mut self, applied: &Applied) -> Option<PropertyKind> {
        let actor = self.applied_to(applied, EXIT);
        let words = words(&applied.tail);
        let said: Vec<&str> = words.iter().map(Text::as_str).collect();
        match said.as_slice() {
            ["alone"] => actor.map(PropertyKind::ExitAlone),
            ["within", ..] => {
                let within = match after(&applied.tail, 1) {
                    Some(span) => self.time_span(&span),
                    None => self.error(
                        Diagnostic::error(applied.tail.span, "within what time?").hint(EXIT),
                    ),
                };
                Some(PropertyKind::ExitWithin(actor?, within?))
            }
            [] => self.error(
                Diagnostic::error(applied.whole.span, "alone, or within some time?").hint(EXIT),
            ),
            _ => self.unread(applied, EXIT),
        }
    }

    fn reaction(&mut self, applied: &Applied) -> Option<PropertyKind> {
        let actor = self.applied_to(applied, REACTION);
        let words = words(&applied.tail);
        let said: Vec<&str> = words.iter().map(Text::as_str).collect();
        let at_least = match said.as_slice() {
            [] => None,
            ["at", "least", _, ..] => Some(self.time_span(&after(&applied.tail, 2)?)?),
            _ => return self.unread(applied, REACTION),
        };
        Some(PropertyKind::ReactionWindow { actor: actor?, at_least })
    }

    fn applied_to(&mut self, applied: &Applied, usage: &str) -> Option<ActorId> {
        let inside = applied.inside.as_str();
        if inside.is_empty() || inside.contains(',') {
            let message = format!("`{}` is about one actor", applied.head.value);
            return self.error(Diagnostic::error(applied.whole.span, message).hint(usage));
        }
        self.actor_named(&applied.inside)
    }

    fn unread<T>(&mut self, applied: &Applied, usage: &str) -> Option<T> {
        let tail = &applied.tail;
        let message = format!("`{}` does not say what is meant", brief(tail.as_str()));
        self.error(Diagnostic::error(tail.span, message).hint(usage))
    }

    /// `exit gas <= 2_000_000`
    fn exit_gas(&mut self, text: &Text) -> Option<PropertyKind> {
        let Some(bound) = after(text, 2) else {
            return self
                .error(Diagnostic::error(text.span, "how much gas at most?").hint(EXIT_GAS));
        };
        let (number, strict) = match (bound.value.strip_prefix("<="), bound.value.strip_prefix('<'))
        {
            (Some(number), _) => (number.len(), false),
            (None, Some(number)) => (number.len(), true),
            (None, None) => {
                let message = "this does not say how much gas at most";
                return self.error(Diagnostic::error(bound.span, message).hint(EXIT_GAS));
            }
        };
        if bound.value[bound.value.len() - number..].trim().is_empty() {
            return self.error(
                Diagnostic::error(bound.span, "the amount of gas is missing").hint(EXIT_GAS),
            );
        }
        let number = trimmed(&bound.slice(bound.value.len() - number..bound.value.len()));
        match (self.number(&number)?, strict) {
            (0, true) => self
                .error(Diagnostic::error(number.span, "nothing costs less than 0").hint(EXIT_GAS)),
            (cap, true) => Some(PropertyKind::ExitGas { cap: cap - 1 }),
            (cap, false) => Some(PropertyKind::ExitGas { cap }),
        }
    }

    /// `only(arbiter, escrow.rule)`
    fn only(&mut self, text: &Text) -> Option<PropertyKind> {
        let ast = self.parse(text)?;
        let args = match &ast.kind {
            AstKind::Call(_, Args::Positional(args)) if args.len() > 1 => args,
            _ => {
                let message = "`only` needs who may call a function, and which";
                return self.error(Diagnostic::error(text.span, message).hint(ONLY));
            }
        };
        let (function, actors) = args.split_last()?;
        let actors: Vec<Option<ActorId>> =
            actors.iter().map(|actor| self.actor_in(actor)).collect();
        if let AstKind::Call(name, _) = &function.kind {
            let message = "`only` is about a function, with whatever arguments";
            return self
                .error(Diagnostic::error(function.span, message).hint(format!("write `{name}`")));
        }
        let method = check::method_name(function, &self.scope, &mut self.diagnostics)?;
        let actors: Vec<ActorId> = actors.into_iter().collect::<Option<_>>()?;
        Some(PropertyKind::Only { actors, target: method.target, functions: method.functions })
    }

    fn actor_in(&mut self, ast: &Ast) -> Option<ActorId> {
        match &ast.kind {
            AstKind::Name(name) => self.actor_named(&Text::plain(name.clone(), ast.span)),
            _ => self
                .error(Diagnostic::error(ast.span, format!("`{ast}` is not an actor")).hint(ONLY)),
        }
    }

    fn no_property(&mut self, text: &Text) -> Option<PropertyKind> {
        let said = one_line(text.as_str());
        let found = Diagnostic::error(text.span, format!("`{}` is no property", brief(&said)));
        let hint = match crate::raw::closest(&said, PROPERTIES) {
            Some(near) => format!("did you mean `{near}`?"),
            None if said.starts_with("exit gas") => EXIT_GAS.to_owned(),
            None if said.starts_with("exit") => EXIT.to_owned(),
            None if said.starts_with("reaction") => REACTION.to_owned(),
            None if said.starts_with("only") => ONLY.to_owned(),
            None if is_condition(text) => {
                format!(
                    "a condition says when it holds: `always: {said}`, `never:` or `reachable:`"
                )
            }
            None => format!("the properties in words are {}", PROPERTIES.join(", ")),
        };
        self.error(found.hint(hint))
    }
}

/// Whether a text is an expression that could be true or false.
fn is_condition(text: &Text) -> bool {
    parse(text).is_ok_and(|ast| {
        matches!(ast.kind, AstKind::Binary(..) | AstKind::Unary(..) | AstKind::Call(..))
    })
}
