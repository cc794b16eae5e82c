//! What was typed, as syntax: YAML mappings and lists become the expressions that they stand for.

use super::builder::{Builder, taken_quotes};
use crate::{
    expr::{self, Args, Ast, AstKind, Entry, Ident},
    raw::{Entries, RawArgs, RawEmit, RawValue},
    source::{Notation, Text},
};

impl Builder<'_> {
    /// Parses a text.
    pub(super) fn parse(&mut self, text: &Text) -> Option<Ast> {
        match expr::parse(text) {
            Ok(ast) => Some(ast),
            Err(diagnostic)
                if is_words_in_quotes(text) && !diagnostic.message.starts_with("`and`") =>
            {
                self.error(diagnostic.hint(taken_quotes(text.as_str())))
            }
            Err(diagnostic) => self.error(diagnostic),
        }
    }

    /// The expression that a value stands for.
    pub(super) fn syntax(&mut self, raw: &RawValue) -> Option<Ast> {
        match raw {
            RawValue::Expr(text) => self.parse(text),
            RawValue::Struct { name, fields, span } => {
                let name = self.parse(name);
                let fields = self.entries(fields);
                Some(Ast::structure(name?, fields?, *span))
            }
            RawValue::List(values, span) => {
                Some(Ast::new(AstKind::Array(self.list(values)?), *span))
            }
        }
    }

    /// The arguments that stand beside a call.
    pub(super) fn arguments(&mut self, raw: &RawArgs) -> Option<Args> {
        match raw {
            RawArgs::List(values) => self.list(values).map(Args::Positional),
            RawArgs::ByName(entries) => self.entries(entries).map(Args::Named),
        }
    }

    /// The pattern that an expected event stands for.
    pub(super) fn emitted(&mut self, raw: &RawEmit) -> Option<Ast> {
        match raw {
            RawEmit::Pattern(text) => self.parse(text),
            RawEmit::ByName { event, fields, span } => {
                let event = self.parse(event);
                let fields = self.entries(fields);
                Some(Ast::structure(event?, fields?, *span))
            }
        }
    }

    fn list(&mut self, values: &[RawValue]) -> Option<Vec<Ast>> {
        let values: Vec<Option<Ast>> = values.iter().map(|value| self.syntax(value)).collect();
        values.into_iter().collect()
    }

    fn entries(&mut self, entries: &Entries<RawValue>) -> Option<Vec<Entry>> {
        let entries: Vec<Option<Entry>> = entries
            .iter()
            .map(|(name, value)| {
                let value = self.syntax(value)?;
                Some(Entry {
                    name: Ident { name: name.value.trim().to_owned(), span: name.span },
                    value,
                })
            })
            .collect();
        entries.into_iter().collect()
    }
}

/// Whether a text is words in YAML's quotes, which may have been meant to be a string.
fn is_words_in_quotes(text: &Text) -> bool {
    let words = text.as_str().chars().all(|c| c.is_alphanumeric() || " .,-_'!?".contains(c));
    words && matches!(text.notation, Notation::SingleQuoted | Notation::DoubleQuoted)
}
