//! Steps, expectations, rules and `until`.

use super::{
    builder::{Builder, one_line},
    types::{Act, Changes, Expect, ExpectedChange, Firing, MAX_STEPS, Rule, Step, StepKind, Until},
};
use crate::{
    expr::{
        Ast, AstKind, BoundId, Kind, Name, RevertPattern, Type, Typed, Value,
        check::{self, CheckedAction},
        grouped,
    },
    raw::{
        Entries, RawAct, RawArgs, RawChange, RawExpect, RawRepeat, RawRule, RawScenario, RawStep,
        RawStepKind,
    },
    source::{Diagnostic, Span, Text},
    world::{Asset, Party},
    yaml::brief,
};

/// The names that steps bind, in order.
pub(super) fn bound_by(steps: &[RawStep]) -> Vec<&Text> {
    let mut names = Vec::new();
    for step in steps {
        match &step.kind {
            RawStepKind::Act(act) => names.extend(&act.bind),
            RawStepKind::Together(steps) => names.extend(bound_by(steps)),
            RawStepKind::Repeat(repeat) => names.extend(bound_by(&repeat.steps)),
            RawStepKind::Wait(_) | RawStepKind::At(_) | RawStepKind::Check(_) => {}
        }
    }
    names
}

impl Builder<'_> {
    /// Checks steps in order.
    pub(super) fn steps(&mut self, raw: &[RawStep], path: &str) -> Option<Vec<Step>> {
        let steps: Vec<Option<Step>> = raw
            .iter()
            .enumerate()
            .map(|(index, step)| self.step(step, &format!("{path}[{index}]")))
            .collect();
        steps.into_iter().collect()
    }

    fn step(&mut self, raw: &RawStep, path: &str) -> Option<Step> {
        let kind = match &raw.kind {
            RawStepKind::Act(act) => StepKind::Act(Box::new(self.act(act, path)?)),
            RawStepKind::Wait(text) => StepKind::Wait(self.wait(text)?),
            RawStepKind::At(text) => StepKind::At(self.moment(text)?),
            RawStepKind::Check(text) => StepKind::Check(vec![self.condition(text, path)?]),
            RawStepKind::Together(steps) => StepKind::Together(self.together(steps, path)?),
            RawStepKind::Repeat(repeat) => self.repeat(repeat, path)?,
        };
        Some(Step { kind, site: self.site(path, raw.text_span), span: raw.text_span })
    }

    fn together(&mut self, raw: &[RawStep], path: &str) -> Option<Vec<Act>> {
        let mut acts = Vec::new();
        let mut all_good = true;
        for (index, step) in raw.iter().enumerate() {
            let RawStepKind::Act(act) = &step.kind else {
                return self.error(Diagnostic::error(
                    step.text_span,
                    "only transactions can share a block",
                ));
            };
            match self.act(act, &format!("{path}.together[{index}]")) {
                Some(act) => acts.push(act),
                None => all_good = false,
            }
        }
        all_good.then_some(acts)
    }

    fn repeat(&mut self, raw: &RawRepeat, path: &str) -> Option<StepKind> {
        let times = self.times(&raw.times);
        let every = raw.every.as_ref().map_or(Some(None), |every| self.time_span(every).map(Some));
        // How often the rounds move the clock is not followed; it never goes back, so what is known stays true.
        let clock = self.clock;
        let steps = self.steps(&raw.steps, &format!("{path}.do"));
        self.clock = clock;
        Some(StepKind::Repeat { times: times?, every: every?, steps: steps? })
    }

    /// Checks how often steps are repeated: not so often that no run could take them all.
    fn times(&mut self, text: &Text) -> Option<Typed> {
        let typed = self.expression(text, Some(&Type::UINT256))?;
        match check::known(&typed, &self.scope) {
            Some(Value::Int(times)) if times > MAX_STEPS.into() => {
                let most = grouped(&MAX_STEPS.into());
                let message =
                    format!("a scenario takes at most {most} steps, repeated ones included");
                self.error(Diagnostic::error(typed.span, message))
            }
            _ => Some(typed),
        }
    }

    fn act(&mut self, raw: &RawAct, path: &str) -> Option<Act> {
        let act = self.good_act(raw, path);
        if act.is_none()
            && let Some(name) = &raw.bind
        {
            self.scope.declare_failed(name.as_str());
        }
        act
    }

    fn good_act(&mut self, raw: &RawAct, path: &str) -> Option<Act> {
        let actor = self.actor_named(&raw.actor);
        let checked = self.called(&raw.call, raw.args.as_ref());
        match &checked {
            Some(checked) => self.scope.set_last_type(Some(checked.returns.clone())),
            None => self.scope.set_last_failed(),
        }
        let value = self.optional_word(raw.value.as_ref());
        let gas_limit = self.gas_limit(raw.gas_limit.as_ref());
        let by = match &raw.by {
            Some(by) => self.instant(by).map(Some),
            None => Some(None),
        };
        let (Some(actor), Some(checked), Some(value), Some(gas_limit), Some(by)) =
            (actor, checked, value, gas_limit, by)
        else {
            return None;
        };
        let value = self.one_of(value, checked.value.clone(), "value")?;
        let gas_limit = self.one_of(gas_limit, checked.gas.clone(), "gas")?;
        if let Some(value) = &value
            && let Some(refusal) = checked.refuse_value(value.span)
        {
            self.diagnostics.push(refusal);
        }
        let returns = checked.returns;
        let expect = match &raw.expect {
            Some(expect) => self.expect(expect, &returns)?,
            None => Expect::default(),
        };
        let bind = match &raw.bind {
            Some(name) => Some(self.bind(name, &returns, &expect)?),
            None => None,
        };
        Some(Act {
            actor,
            action: checked.action,
            text: one_line(raw.call.as_str()),
            value,
            gas_limit,
            by,
            bind,
            expect,
            site: self.site(path, raw.call.span),
            span: raw.call.span,
        })
    }

    /// Checks a call; arguments may stand beside it.
    pub(super) fn called(&mut self, call: &Text, args: Option<&RawArgs>) -> Option<CheckedAction> {
        let ast = self.parse(call);
        let args = args.map_or(Some(None), |args| self.arguments(args).map(Some));
        check::action(&ast?, args?.as_ref(), &self.scope, &mut self.diagnostics)
    }

    /// Checks a number of wei or gas that may be left out. The outer `None` is an error.
    pub(super) fn optional_word(&mut self, text: Option<&Text>) -> Option<Option<Typed>> {
        text.map_or(Some(None), |text| self.expression(text, Some(&Type::UINT256)).map(Some))
    }

    /// Checks a limit on gas, which is a number of 64 bits.
    pub(super) fn gas_limit(&mut self, text: Option<&Text>) -> Option<Option<Typed>> {
        let Some(typed) = self.optional_word(text)? else { return Some(None) };
        match check::known(&typed, &self.scope) {
            Some(Value::Int(limit)) if limit > u64::MAX.into() => {
                let message = format!("no block has {limit} gas");
                self.error(
                    Diagnostic::error(typed.span, message).hint("write `gas_limit: 1_000_000`"),
                )
            }
            _ => Some(Some(typed)),
        }
    }

    /// What is said once, beside the call or in its options; not in both places.
    pub(super) fn one_of(
        &mut self,
        beside: Option<Typed>,
        option: Option<Typed>,
        what: &str,
    ) -> Option<Option<Typed>> {
        match (beside, option) {
            (Some(first), Some(second)) => self.error(
                Diagnostic::error(second.span, format!("the {what} is said twice"))
                    .related(first.span, "and here"),
            ),
            (one, other) => Some(one.or(other)),
        }
    }

    fn bind(&mut self, name: &Text, ty: &Type, expect: &Expect) -> Option<BoundId> {
        if expect.reverts.is_some() {
            return self.error(Diagnostic::error(name.span, "a call that reverts returns nothing"));
        }
        if ty.is_nothing() {
            return self.error(
                Diagnostic::error(name.span, "this call returns nothing").hint("leave out `as:`"),
            );
        }
        let id = BoundId(self.bounds.len());
        if let Err(diagnostic) = self.scope.declare(name, Name::Bound(id, ty.clone())) {
            return self.error(diagnostic);
        }
        self.bounds.push(super::types::BoundPlan { name: name.as_str().into(), ty: ty.clone() });
        Some(id)
    }

    fn expect(&mut self, raw: &RawExpect, returns: &Type) -> Option<Expect> {
        let emits: Vec<Option<_>> = raw
            .emits
            .iter()
            .map(|emit| {
                let pattern = self.emitted(emit)?;
                check::event_pattern(&pattern, &self.scope, &mut self.diagnostics)
            })
            .collect();
        let changes = raw
            .changes
            .as_ref()
            .map_or(Some(None), |changes| self.changes(changes, raw.span).map(Some));
        let gas = raw.gas.as_ref().map_or(Some(None), |gas| {
            check::gas_bound(gas, &self.scope, &mut self.diagnostics).map(Some)
        });
        let value = raw
            .returns
            .as_ref()
            .map_or(Some(None), |value| self.returned(value, returns, raw.span).map(Some));
        let reverts = raw.reverts.as_ref().map_or(Some(None), |text| self.reverts(text).map(Some));
        let expect = Expect {
            emits: emits.into_iter().collect::<Option<_>>()?,
            changes: changes?,
            gas: gas?,
            returns: value?,
            reverts: reverts?,
        };
        if let Some((_, span)) = &expect.reverts
            && (!expect.emits.is_empty() || expect.returns.is_some())
        {
            return self.error(Diagnostic::error(
                *span,
                "a call that reverts emits nothing and returns nothing",
            ));
        }
        Some(expect)
    }

    fn returned(
        &mut self,
        raw: &crate::raw::RawValue,
        returns: &Type,
        span: Span,
    ) -> Option<Typed> {
        if returns.is_nothing() {
            return self.error(Diagnostic::error(span, "this call returns nothing"));
        }
        let ast = self.syntax(raw)?;
        match (&ast.kind, returns) {
            (AstKind::Array(items) | AstKind::Tuple(items), Type::Tuple(types))
                if items.len() == types.len() =>
            {
                self.returned_values(items, types, returns, ast.span)
            }
            _ => check::expression(&ast, &self.scope, Some(returns), &mut self.diagnostics),
        }
    }

    /// Checks several returned values, of which `_` may be anything: what was returned equals itself.
    fn returned_values(
        &mut self,
        items: &[Ast],
        types: &[(Option<String>, Type)],
        whole: &Type,
        span: Span,
    ) -> Option<Typed> {
        let mut values = Vec::new();
        for (index, (item, (_, ty))) in items.iter().zip(types).enumerate() {
            let any = matches!(&item.kind, AstKind::Name(name) if name == "_");
            values.push(if any {
                let last = Typed { kind: Kind::Last, ty: whole.clone(), span: item.span };
                Some(Typed {
                    kind: Kind::Field { base: Box::new(last), index },
                    ty: ty.clone(),
                    span: item.span,
                })
            } else {
                check::expression(item, &self.scope, Some(ty), &mut self.diagnostics)
            });
        }
        let values = values.into_iter().collect::<Option<_>>()?;
        Some(Typed { kind: Kind::Tuple(values), ty: whole.clone(), span })
    }

    fn reverts(&mut self, text: &Text) -> Option<(RevertPattern, Span)> {
        check::revert_pattern(text, &self.scope, &mut self.diagnostics)
            .map(|pattern| (pattern, text.span))
    }

    fn changes(&mut self, raw: &Entries<RawChange>, span: Span) -> Option<Changes> {
        let mut entries = Vec::new();
        let mut all_good = true;
        for (name, change) in raw {
            let checked = match change {
                RawChange::Amount(amount) => {
                    self.change(name, Asset::Ether, amount).map(|change| vec![change])
                }
                RawChange::Token(parties) => self.token_changes(name, parties),
            };
            match checked {
                Some(checked) => entries.extend(checked),
                None => all_good = false,
            }
        }
        all_good.then_some(Changes { entries, span })
    }

    fn token_changes(
        &mut self,
        name: &Text,
        parties: &Entries<Text>,
    ) -> Option<Vec<ExpectedChange>> {
        let asset = match self.scope.lookup(name.as_str()) {
            Some(Name::Token(id, _)) => Asset::Token(*id),
            None if self.scope.has_failed(name.as_str()) => return None,
            _ => {
                return self.error(
                    Diagnostic::error(name.span, format!("no token is named `{}`", name.value))
                        .hint("declare it under `tokens:`; ETH is named by party alone, `tenant: -2 ether`"),
                );
            }
        };
        let changes: Vec<Option<ExpectedChange>> =
            parties.iter().map(|(party, amount)| self.change(party, asset, amount)).collect();
        changes.into_iter().collect()
    }

    fn change(&mut self, name: &Text, asset: Asset, amount: &Text) -> Option<ExpectedChange> {
        let party = self.party(name)?;
        let typed = self.expression(amount, Some(&Type::NUMBER))?;
        Some(ExpectedChange { party, asset, amount: typed, span: amount.span })
    }

    /// Someone who has an account, by name.
    pub(super) fn party(&mut self, name: &Text) -> Option<Party> {
        match self.scope.lookup(name.as_str()) {
            Some(Name::Actor(id)) => Some(Party::Actor(*id)),
            Some(Name::Instance(id, _)) => Some(Party::Instance(*id)),
            Some(Name::Token(id, _)) => Some(Party::Token(*id)),
            None if self.scope.has_failed(name.as_str()) => None,
            _ => {
                let similar =
                    crate::raw::closest(name.as_str(), self.scope.parties()).map(str::to_owned);
                let found = Diagnostic::error(
                    name.span,
                    format!("no actor or contract is named `{}`", name.value),
                );
                self.error(match similar {
                    Some(similar) => found.hint(format!("did you mean `{similar}`?")),
                    None => found,
                })
            }
        }
    }

    /// Checks rules in order.
    pub(super) fn rules(&mut self, raw: &[RawRule]) -> Option<Vec<Rule>> {
        for (index, rule) in raw.iter().enumerate() {
            let name = rule.rule.as_str().trim();
            if let Some(first) =
                raw[..index].iter().find(|first| first.rule.as_str().trim() == name)
            {
                let message = format!("another rule is named `{}`", brief(name));
                self.diagnostics.push(
                    Diagnostic::error(rule.rule.span, message)
                        .related(first.rule.span, "the first one")
                        .hint("reports tell rules apart by their names"),
                );
            }
        }
        let rules: Vec<Option<Rule>> =
            raw.iter().enumerate().map(|(index, rule)| self.rule(rule, index)).collect();
        rules.into_iter().collect()
    }

    fn rule(&mut self, raw: &RawRule, index: usize) -> Option<Rule> {
        let path = format!("rules[{index}]");
        self.scope.set_last_type(None);
        let when = self.condition(&raw.when, &format!("{path}.when"));
        let then = self.steps(&raw.then, &format!("{path}.then"));
        self.only_acts(&raw.then);
        let repeat = self.truth(raw.repeat.as_ref())?;
        let once = self.truth(raw.once.as_ref())?;
        let firing = match (repeat, once) {
            (false, false) => Firing::Edge,
            (true, false) => Firing::Repeat,
            (false, true) => Firing::Once,
            (true, true) => {
                let span = raw.once.as_ref().map_or(raw.span, |text| text.span);
                return self
                    .error(Diagnostic::error(span, "a rule fires repeatedly or once, not both"));
            }
        };
        let site = self.site(&path, raw.rule.span);
        Some(Rule { name: one_line(raw.rule.as_str()), when: when?, firing, then: then?, site })
    }

    /// A rule acts at the instant at which it fires, so nothing in it may move the clock.
    fn only_acts(&mut self, steps: &[RawStep]) {
        for step in steps {
            if matches!(
                step.kind,
                RawStepKind::Wait(_) | RawStepKind::At(_) | RawStepKind::Repeat(_)
            ) {
                self.diagnostics.push(
                    Diagnostic::error(
                        step.text_span,
                        "a rule acts at the instant at which it fires",
                    )
                    .hint("write the waiting into `when`, or make it a second rule"),
                );
            }
        }
    }

    /// Checks `until` and `within`, which go together. The outer `None` is an error.
    pub(super) fn until(&mut self, raw: &RawScenario) -> Option<Option<Until>> {
        match (&raw.until, &raw.within) {
            (None, None) => Some(None),
            (Some(until), Some(within)) => {
                let condition = self.condition(until, "until");
                let within = self.time_span(within);
                Some(Some(Until { condition: condition?, within: within? }))
            }
            (Some(until), None) => self.error(
                Diagnostic::error(until.span, "`until` needs `within`, or it might wait for ever")
                    .hint("add `within: 400 days`"),
            ),
            (None, Some(within)) => self.error(Diagnostic::error(
                within.span,
                "`within` says how long `until` may take, which is missing",
            )),
        }
    }
}
