//! Numbers: the horizon, limits, delay, dust, and more values to try.

use std::sync::Arc;

use alloy_primitives::U256;
use num_bigint::BigInt;

use super::types::{Dust, Horizon, Limits};
use crate::{
    expr::{Ast, TokenId, Type, Typed, check},
    plan::{TimeSpec, builder::Builder},
    raw::{Entries, RawAmounts, RawLimits, RawValue},
    source::{Diagnostic, Severity, Text},
    world::Asset,
    yaml::brief,
};

/// The name under which values are also tried as the wei sent along.
const VALUE: &str = "value";
/// Units of memory; the first that fits the end of a text is meant.
const UNITS: [(&str, u64); 5] =
    [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("B", 1)];

impl Builder<'_> {
    /// Checks `horizon`: a span of time, or an instant.
    pub(super) fn horizon(&mut self, text: &Text) -> Option<Horizon> {
        let spec = self.instant(text)?;
        let horizon = match &spec {
            TimeSpec::Date(_) | TimeSpec::Months { anchor: Some(_), .. } => Horizon::Instant(spec),
            // Both are numbers of seconds: an instant is told by what it is counted from.
            TimeSpec::Seconds(_) if self.names_an_instant(text) => Horizon::Instant(spec),
            TimeSpec::Months { anchor: None, .. } | TimeSpec::Seconds(_) => Horizon::Span(spec),
        };
        let known = match &horizon {
            Horizon::Instant(spec) => self.known_instant(spec),
            Horizon::Span(TimeSpec::Seconds(typed)) => self.known_seconds(typed),
            Horizon::Span(_) => None,
        };
        let (least, message) = match (&horizon, self.clock) {
            (Horizon::Instant(_), Some(clock)) => {
                (BigInt::from(clock), "the horizon lies before where the exploration begins")
            }
            (Horizon::Instant(_), None) => return Some(horizon),
            (Horizon::Span(_), _) => (BigInt::from(1), "the horizon has to lie ahead"),
        };
        match known {
            Some(known) if known < least => self
                .error(Diagnostic::error(text.span, message).hint(
                    "write a span as `400 days`, an instant as `start + 400 days` or a date",
                )),
            Some(known) if known > u64::MAX.into() => {
                self.error(Diagnostic::error(text.span, "this is beyond what a clock can hold"))
            }
            _ => Some(horizon),
        }
    }

    fn names_an_instant(&mut self, text: &Text) -> bool {
        let Some(ast) = self.parse(text) else { return false };
        ["start", "now", "date", "block"].iter().any(|name| ast.free_names().contains(*name))
    }

    /// Checks `limits`; what is left out takes its default.
    pub(super) fn limits(&mut self, raw: &RawLimits) -> Option<Limits> {
        let default = Limits::default();
        let states = self.at_least_one(raw.states.as_ref(), default.states);
        let seconds = self.at_least_one(raw.seconds.as_ref(), default.seconds);
        let memory = raw.memory.as_ref().map_or(Some(default.memory), |text| self.memory(text));
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let repeats = self.at_least_one(raw.repeats.as_ref(), default.repeats.into());
        let callbacks = self.at_least_one(raw.callbacks.as_ref(), default.callbacks.into());
        let (repeats, callbacks) = (repeats.map(narrow), callbacks.map(narrow));
        Some(Limits {
            states: states?,
            seconds: seconds?,
            memory: memory?,
            repeats: repeats?,
            callbacks: callbacks?,
        })
    }

    fn at_least_one(&mut self, text: Option<&Text>, default: u64) -> Option<u64> {
        let Some(text) = text else { return Some(default) };
        match self.number(text)? {
            0 => self.error(
                Diagnostic::error(text.span, "with a limit of 0 nothing is explored")
                    .hint(format!("leave it out for {}", crate::expr::grouped(&default.into()))),
            ),
            number => Some(number),
        }
    }

    /// Checks an amount of memory: `8 GiB`.
    fn memory(&mut self, text: &Text) -> Option<u64> {
        let said = text.as_str().trim();
        let unit = UNITS.iter().find_map(|(unit, size)| Some((said.strip_suffix(unit)?, *size)));
        let bytes = unit.and_then(|(number, size)| {
            let digits: String = number.trim().chars().filter(|c| *c != '_').collect();
            let plain = digits.chars().all(|c| c.is_ascii_digit());
            digits.parse::<u64>().ok().filter(|_| plain)?.checked_mul(size)
        });
        match bytes {
            Some(bytes) if bytes > 0 => Some(bytes),
            _ => {
                let message = format!("`{}` is not an amount of memory", brief(said));
                let hint = "write a whole number of KiB, MiB, GiB or TiB, as in `8 GiB`";
                self.error(Diagnostic::error(text.span, message).hint(hint))
            }
        }
    }

    /// Checks `delay`.
    pub(super) fn delay(&mut self, text: &Text) -> Option<u64> {
        self.number(text)
    }

    /// Checks `dust`; without assets it is so much of each.
    pub(super) fn dust(&mut self, raw: &RawAmounts) -> Option<Vec<Dust>> {
        match raw {
            RawAmounts::Amount(text) => {
                let amount = self.small_amount(text)?;
                let tokens = (0..self.scope.tokens().len()).map(|id| Asset::Token(TokenId(id)));
                let assets = std::iter::once(Asset::Ether).chain(tokens);
                Some(assets.map(|asset| Dust { asset, amount }).collect())
            }
            RawAmounts::ByAsset(assets) => {
                let each: Vec<Option<Dust>> = assets
                    .iter()
                    .map(|(asset, text)| {
                        let (asset, amount) = (self.asset(asset), self.small_amount(text));
                        Some(Dust { asset: asset?, amount: amount? })
                    })
                    .collect();
                each.into_iter().collect()
            }
        }
    }

    fn small_amount(&mut self, text: &Text) -> Option<U256> {
        let typed = self.expression(text, Some(&Type::UINT256))?;
        let known = check::known(&typed, &self.scope).and_then(|value| value.as_amount());
        if known.is_none() {
            self.diagnostics.push(Diagnostic::error(
                text.span,
                "expected an amount that is known before anything runs",
            ));
        }
        known
    }

    /// Checks `values`: names of arguments, and values of their types.
    pub(super) fn more_values(
        &mut self,
        raw: &Entries<Vec<RawValue>>,
    ) -> Option<Vec<(Arc<str>, Vec<Typed>)>> {
        let all: Vec<Option<(Arc<str>, Vec<Typed>)>> =
            raw.iter().map(|(name, values)| self.values_of(name, values)).collect();
        all.into_iter().collect()
    }

    fn values_of(&mut self, name: &Text, raw: &[RawValue]) -> Option<(Arc<str>, Vec<Typed>)> {
        let mut types = check::parameters_named(&self.scope, name.as_str());
        if name.as_str() == VALUE {
            types.push(Type::UINT256);
        }
        let values: Vec<Option<Ast>> = raw.iter().map(|value| self.syntax(value)).collect();
        if types.is_empty() {
            return self.no_parameter(name);
        }
        let values: Vec<Option<Typed>> =
            values.into_iter().map(|ast| self.value_of_any(&ast?, &types)).collect();
        Some((name.as_str().into(), values.into_iter().collect::<Option<_>>()?))
    }

    /// Checks a value against the first of several types that it fits.
    fn value_of_any(&mut self, ast: &Ast, types: &[Type]) -> Option<Typed> {
        let mut first: Option<Vec<Diagnostic>> = None;
        for ty in types {
            let mut found = Vec::new();
            let checked = check::expression(ast, &self.scope, Some(ty), &mut found);
            if checked.is_some() && !found.iter().any(|found| found.severity == Severity::Error) {
                self.diagnostics.extend(found);
                return checked;
            }
            first.get_or_insert(found);
        }
        self.diagnostics.extend(first.unwrap_or_default());
        None
    }

    fn no_parameter<T>(&mut self, name: &Text) -> Option<T> {
        let message = format!("no call takes an argument `{}`", brief(name.as_str()));
        let found = Diagnostic::error(name.span, message);
        let known = check::parameter_names(&self.scope);
        let similar = crate::raw::closest(name.as_str(), known.iter().copied().chain([VALUE]));
        let hint = match similar {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => "values are for the arguments of a name, in every function".to_owned(),
        };
        self.error(found.hint(hint))
    }
}
