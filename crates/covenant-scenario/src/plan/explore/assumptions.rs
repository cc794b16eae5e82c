//! What the surroundings may do: tokens block and pause, oracles answer.

use std::sync::Arc;

use super::{
    types::{AssumedAct, Assumption, AssumptionKind},
    words::words,
};
use crate::{
    expr::{Action, Args, Ast, AstKind, Ident, Name, TokenId, check},
    plan::builder::{Builder, one_line},
    source::{Diagnostic, Span, Text},
    yaml::brief,
};

/// The word for the only token that there is.
const THE_TOKEN: &str = "token";
/// What a token can do.
const ABILITIES: [&str; 2] = ["block", "pause"];
const USAGE: &str =
    "write `usd can block seller`, `usd can pause`, or a call such as `feed.post(0)`";

impl Builder<'_> {
    pub(super) fn assumptions(&mut self, raw: &[Text]) -> Option<Vec<Assumption>> {
        let all: Vec<Option<Assumption>> = raw
            .iter()
            .enumerate()
            .map(|(index, text)| self.assumption(text, &format!("explore.assume[{index}]")))
            .collect();
        all.into_iter().collect()
    }

    fn assumption(&mut self, text: &Text, path: &str) -> Option<Assumption> {
        let words = words(text);
        let said: Vec<&str> = words.iter().map(Text::as_str).collect();
        let (kind, acts) = match *said {
            [_, "can", "block", _] => self.can_block(&words[0], &words[3])?,
            [_, "can", "pause"] => self.can_pause(&words[0])?,
            [_, "can", ability, ..] => {
                let (ability, place) = (ability.to_owned(), words[2].span);
                return self.unable(&ability, place);
            }
            _ => {
                let (action, text) = (self.surroundings(text)?, one_line(text.as_str()));
                (AssumptionKind::Call, vec![AssumedAct { action, text }])
            }
        };
        let (text, site) = (one_line(text.as_str()), self.site(path, text.span));
        Some(Assumption { kind, acts, text, site })
    }

    fn can_block(
        &mut self,
        token: &Text,
        account: &Text,
    ) -> Option<(AssumptionKind, Vec<AssumedAct>)> {
        let token = self.token_that_can(token);
        let party = self.party(account);
        let (Token { id, name, span }, party) = (token?, party?);
        let acts = [true, false].map(|on| {
            let whom = ast(AstKind::Name(account.as_str().to_owned()), account.span);
            let args = vec![whom, ast(AstKind::Bool(on), span)];
            let text = format!("{name}.setBlocked({}, {on})", account.as_str());
            self.token_act(&name, span, "setBlocked", args, text)
        });
        let acts: Option<Vec<AssumedAct>> = acts.into_iter().collect();
        let Some(acts) = acts else { return self.lacks(&name, span, "block", "blocklisting") };
        Some((AssumptionKind::TokenCanBlock { token: id, party }, acts))
    }

    fn can_pause(&mut self, token: &Text) -> Option<(AssumptionKind, Vec<AssumedAct>)> {
        let Token { id, name, span } = self.token_that_can(token)?;
        let acts = [true, false].map(|on| {
            let text = format!("{name}.setPaused({on})");
            self.token_act(&name, span, "setPaused", vec![ast(AstKind::Bool(on), span)], text)
        });
        let acts: Option<Vec<AssumedAct>> = acts.into_iter().collect();
        let Some(acts) = acts else { return self.lacks(&name, span, "pause", "pausing") };
        Some((AssumptionKind::TokenCanPause { token: id }, acts))
    }

    /// A call of a token's function, if it has one that takes such arguments.
    fn token_act(
        &self,
        token: &str,
        span: Span,
        function: &str,
        args: Vec<Ast>,
        text: String,
    ) -> Option<AssumedAct> {
        let target = ast(AstKind::Name(token.to_owned()), span);
        let function = Ident { name: function.to_owned(), span };
        let callee = ast(AstKind::Member(Box::new(target), function), span);
        let call = ast(AstKind::Call(Box::new(callee), Args::Positional(args)), span);
        let checked = check::action(&call, None, &self.scope, &mut Vec::new())?;
        Some(AssumedAct { action: checked.action, text: text.into() })
    }

    /// A call that anyone in the surroundings may make.
    fn surroundings(&mut self, text: &Text) -> Option<Action> {
        let ast = match crate::expr::parse(text) {
            Ok(ast) if matches!(ast.kind, AstKind::Call(..)) => ast,
            _ => {
                let message = format!("`{}` is no assumption", brief(text.as_str().trim()));
                return self.error(Diagnostic::error(text.span, message).hint(USAGE));
            }
        };
        let checked = check::action(&ast, None, &self.scope, &mut self.diagnostics)?;
        match checked.value {
            Some(value) => self.error(
                Diagnostic::error(value.span, "the surroundings have no money to send")
                    .hint("let `outsiders` act"),
            ),
            None => Some(checked.action),
        }
    }

    fn unable<T>(&mut self, ability: &str, span: Span) -> Option<T> {
        let message = format!("nothing is known that can `{}`", brief(ability));
        let hint = crate::raw::closest(ability, ABILITIES)
            .map_or_else(|| USAGE.to_owned(), |near| format!("did you mean `{near}`?"));
        self.error(Diagnostic::error(span, message).hint(hint))
    }

    fn lacks<T>(&mut self, token: &str, span: Span, ability: &str, like: &str) -> Option<T> {
        let message = format!("`{token}` is a token that cannot {ability}");
        let hint = format!("declare it as `{token}: {{ like: {like} }}`");
        self.error(Diagnostic::error(span, message).hint(hint))
    }

    fn token_that_can(&mut self, text: &Text) -> Option<Token> {
        let name = text.as_str();
        let tokens = self.scope.tokens();
        let known = match (self.scope.lookup(name), tokens.as_slice()) {
            (Some(Name::Token(id, _)), _) => Some((*id, name.to_owned())),
            (None, [only]) if name == THE_TOKEN => Some((TokenId(0), (*only).to_owned())),
            _ => None,
        };
        if let Some((id, name)) = known {
            self.scope.lookup(&name);
            return Some(Token { id, name: name.as_str().into(), span: text.span });
        }
        if self.scope.has_failed(name) {
            return None;
        }
        let near = crate::raw::closest(name, tokens.iter().copied()).map(str::to_owned);
        let found = Diagnostic::error(text.span, format!("no token is named `{}`", brief(name)));
        self.error(match near {
            Some(near) => found.hint(format!("did you mean `{near}`?")),
            None if !tokens.is_empty() => {
                let hint = format!("name one of {}", tokens.join(", "));
                found.hint(hint)
            }
            None => found.hint("declare it under `tokens:`"),
        })
    }
}

/// A declared token.
struct Token {
    id: TokenId,
    name: Arc<str>,
    span: Span,
}

const fn ast(kind: AstKind, span: Span) -> Ast {
    Ast::new(kind, span)
}
