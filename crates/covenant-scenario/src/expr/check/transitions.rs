//! What a condition can ask about calls: would one succeed, has one succeeded, and what has it changed.

use super::checker::{Checker, typed};
use crate::{
    expr::{Ast, AstKind, Kind, Name, Place, Type, Typed, scope::Scope},
    source::{Diagnostic, Span},
};

impl Checker<'_> {
    /// `change(account)` and `change(token, account)`.
    pub(super) fn change(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        if self.scope.place() != Place::Transition {
            return self.report(
                Diagnostic::error(span, "`change` asks about a call, and none is looked at here")
                    .hint("it belongs under `then:`, beside the `after:` that names the call; `gained` counts from the start"),
            );
        }
        let (token, of) = match args {
            [of] => (None, of),
            [token, of] => (Some(self.address(token, "the token of `change`")), of),
            _ => return self.usage(span, "`change(account)` or `change(token, account)`"),
        };
        let of = Box::new(self.address(of, "the account of `change`")?);
        let token = match token {
            Some(token) => Some(Box::new(token?)),
            None => None,
        };
        Some(typed(Kind::Change { token, of }, Type::INT256, span))
    }

    /// `enabled(actor, call)`
    pub(super) fn enabled(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        const USAGE: &str = "`enabled(actor, call)`";
        if self.scope.place() == Place::Value {
            return self.report(
                Diagnostic::error(span, "`enabled` asks about a state, so it cannot be a value")
                    .hint("it belongs into a condition: `check:`, `ensures:`, or a property"),
            );
        }
        let [actor, call] = args else { return self.usage(span, USAGE) };
        let actor = match &actor.kind {
            AstKind::Name(name) => match self.scope.lookup(name) {
                Some(Name::Actor(id)) => Some(*id),
                None if self.scope.has_failed(name) => None,
                _ => self.no_actor(actor),
            },
            _ => self.no_actor(actor),
        };
        let checked = self.action(call, None);
        let (actor, checked) = (actor?, checked?);
        let (value, gas_limit) = (checked.value.map(Box::new), checked.gas.map(Box::new));
        let action = Box::new(checked.action);
        Some(typed(Kind::Enabled { actor, action, value, gas_limit }, Type::Bool, span))
    }

    fn no_actor<T>(&mut self, ast: &Ast) -> Option<T> {
        let found = Diagnostic::error(ast.span, format!("`{ast}` is no actor, who could call"));
        let near = match &ast.kind {
            AstKind::Name(name) => super::closest(name, Scope::actors(self.scope)),
            _ => None,
        };
        let hint = near.map_or_else(
            || "write `enabled(actor, call)`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        self.report(found.hint(hint))
    }
}
