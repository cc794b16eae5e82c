//! The state of planning one variant of a scenario, and its small tools.

use std::{path::PathBuf, sync::Arc};

use covenant_chain::Key;
use covenant_compile::Build;

use super::{
    cases::Variant,
    types::{BoundPlan, Condition, Plan},
};
use crate::{
    event::{RunName, Site},
    expr::{Place, Scope, Type, Typed, check},
    raw::{RawScenario, RawValue},
    source::{Diagnostic, FileId, Severity, Sources, Span, Text},
};

/// What a scenario is planned with.
#[derive(Clone, Debug)]
pub struct PlanInput {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// The files the scenario consists of.
    pub sources: Arc<Sources>,
    /// The user's contracts.
    pub build: Arc<Build>,
    /// The bundled contracts.
    pub bundled: Arc<Build>,
    /// How large their code may be.
    pub code_size: CodeSize,
}

/// How large the code of contracts may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeSize {
    /// As large as on mainnet.
    #[default]
    Limited,
    /// Any size: for code that is made to be looked at, not to be deployed.
    Unlimited,
}

/// Checks a scenario: one plan for each of its cases, or one where it has none.
///
/// # Errors
/// Everything that is wrong with it, in order of place.
pub fn plan(raw: &RawScenario, input: &PlanInput) -> Result<Vec<Arc<Plan>>, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut plans: Vec<Plan> = Vec::new();
    let mut unused: Option<Vec<Diagnostic>> = None;
    for variant in super::cases::variants(raw, &mut diagnostics) {
        let mut builder = Builder::new(&variant, input);
        plans.extend(builder.plan(&variant.raw));
        // A name is of no use when no case uses it.
        let here = builder.unused();
        unused = Some(match unused {
            Some(before) => before.into_iter().filter(|name| here.contains(name)).collect(),
            None => here,
        });
        for diagnostic in builder.diagnostics {
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
    }
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        diagnostics.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.severity));
        return Err(diagnostics);
    }
    if let Some(plan) = plans.first_mut() {
        plan.warnings.extend(unused.unwrap_or_default());
    }
    Ok(plans.into_iter().map(Arc::new).collect())
}

/// One variant of a scenario on its way to a plan.
pub(super) struct Builder<'a> {
    pub(super) input: &'a PlanInput,
    pub(super) name: RunName,
    pub(super) scope: Scope,
    pub(super) bounds: Vec<BoundPlan>,
    /// The earliest that the clock can stand at, in seconds since 1970, if that is known.
    pub(super) clock: Option<u64>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    fn new(variant: &Variant, input: &'a PlanInput) -> Self {
        let stem = || input.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let scenario = variant.raw.scenario.as_ref().map_or_else(stem, |title| title.value.clone());
        Self {
            input,
            name: RunName { file: input.file.clone(), scenario, case: variant.case.clone() },
            scope: Scope::new(Arc::clone(&input.build), Arc::clone(&input.bundled)),
            bounds: Vec::new(),
            clock: None,
            diagnostics: Vec::new(),
        }
    }

    fn plan(&mut self, raw: &RawScenario) -> Option<Plan> {
        let chain = self.chain(raw.chain.as_ref());
        self.scope.set_start(chain.as_ref().and_then(|chain| self.known_start(chain)));
        self.clock = self.scope.start();
        let cast = self.cast(raw);
        let thens = raw.rules.iter().map(|rule| &rule.then);
        for steps in [&raw.steps].into_iter().chain(thens) {
            for name in super::steps::bound_by(steps) {
                self.scope.announce(name);
            }
        }
        let steps = self.steps(&raw.steps, "steps");
        // Conditions at the end and in rules may use whatever a step has bound, but not what happens to come last.
        self.scope.set_last_type(None);
        let rules = self.rules(&raw.rules);
        self.scope.set_last_type(None);
        let until = self.until(raw);
        let always = self.conditions(&raw.always, "always");
        let ensures = self.conditions(&raw.ensures, "ensures");
        let explore = self.explore(raw);
        self.explain_quotes();
        let failed = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
        if self.diagnostics.iter().any(failed) {
            return None;
        }
        self.warn_of_nothing(raw);
        let cast = cast?;
        Some(Plan {
            name: self.name.clone(),
            sources: Arc::clone(&self.input.sources),
            build: Arc::clone(&self.input.build),
            bundled: Arc::clone(&self.input.bundled),
            chain: chain?,
            // No actor can have this name.
            stage_hand: Key::derive("@scene").address(),
            actors: cast.actors,
            tokens: cast.tokens,
            instances: cast.instances,
            lets: cast.lets,
            bounds: std::mem::take(&mut self.bounds),
            setup: cast.setup,
            steps: steps?,
            rules: rules?,
            until: until?,
            always: always?,
            ensures: ensures?,
            explore: explore?,
            warnings: self.diagnostics.clone(),
        })
    }

    /// Adds to an unknown word that is a whole YAML scalar in quotes that the quotes are YAML's, not a string's.
    fn explain_quotes(&mut self) {
        let sources = &self.input.sources;
        for found in &mut self.diagnostics {
            let Some(span) = found.span.filter(|_| found.message.ends_with("is not known here"))
            else {
                continue;
            };
            let file = &sources.file(span.file).text;
            let before =
                file.get(..span.range().start).and_then(|before| before.chars().next_back());
            let after = file.get(span.range().end..).and_then(|after| after.chars().next());
            if !matches!(before, Some('"' | '\'')) || before != after {
                continue;
            }
            let advice = taken_quotes(sources.text(span));
            found.hint = Some(match found.hint.take() {
                Some(hint) => format!("{hint} For a text, {advice}"),
                None => advice,
            });
        }
    }

    /// Warns of a scenario in which nothing can happen and nothing is asked.
    fn warn_of_nothing(&mut self, raw: &RawScenario) {
        let conditions = raw.until.is_some() || !raw.always.is_empty() || !raw.ensures.is_empty();
        let explored = raw.explore.is_some() || !raw.properties.is_empty();
        if raw.steps.is_empty() && raw.rules.is_empty() && !conditions && !explored {
            let span = raw.scenario.as_ref().map_or(raw.span, |title| title.span);
            self.diagnostics.push(
                Diagnostic::warning(
                    span,
                    "nothing happens in this scenario, and nothing is checked",
                )
                .hint("add `steps:`"),
            );
        }
    }

    /// Warnings for the names that nothing uses. What is included is meant for other scenarios too.
    fn unused(&self) -> Vec<Diagnostic> {
        let own =
            |diagnostic: &Diagnostic| diagnostic.span.is_some_and(|span| span.file == FileId(0));
        self.scope.unused().into_iter().filter(own).collect()
    }

    /// Records an error.
    pub(super) fn error<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// Where something stands, for reports.
    pub(super) fn site(&self, path: impl Into<String>, span: Span) -> Arc<Site> {
        let position = self.input.sources.position(span);
        let file = self.input.sources.file(span.file).path.clone();
        Arc::new(Site {
            path: path.into(),
            file,
            line: position.line,
            column: position.column,
            span,
        })
    }

    /// Checks an expression of a wanted type.
    pub(super) fn expression(&mut self, text: &Text, want: Option<&Type>) -> Option<Typed> {
        let ast = self.parse(text)?;
        check::expression(&ast, &self.scope, want, &mut self.diagnostics)
    }

    /// Checks a value that may be written as a mapping or a list.
    pub(super) fn value(&mut self, raw: &RawValue, want: Option<&Type>) -> Option<Typed> {
        let ast = self.syntax(raw)?;
        check::expression(&ast, &self.scope, want, &mut self.diagnostics)
    }

    /// Checks conditions.
    pub(super) fn conditions(&mut self, texts: &[Text], path: &str) -> Option<Vec<Condition>> {
        let checked: Vec<Option<Condition>> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| self.condition(text, &format!("{path}[{index}]")))
            .collect();
        checked.into_iter().collect()
    }

    /// Checks a condition.
    pub(super) fn condition(&mut self, text: &Text, path: &str) -> Option<Condition> {
        self.condition_at(text, path, Place::Condition)
    }

    /// Checks a condition on something.
    pub(super) fn condition_at(
        &mut self,
        text: &Text,
        path: &str,
        place: Place,
    ) -> Option<Condition> {
        self.scope.set_place(place);
        let typed = self.expression(text, Some(&Type::Bool));
        self.scope.set_place(Place::Value);
        let typed = typed?;
        Some(Condition { text: one_line(text.as_str()), typed, site: self.site(path, text.span) })
    }

    /// Checks a word that is `true` or `false`.
    pub(super) fn truth(&mut self, text: Option<&Text>) -> Option<bool> {
        match text.map(|text| (text.as_str().trim(), text)) {
            None | Some(("false", _)) => Some(false),
            Some(("true", _)) => Some(true),
            Some((other, text)) => self.error(Diagnostic::error(
                text.span,
                format!("expected `true` or `false`, found `{other}`"),
            )),
        }
    }
}

/// A text on one line, as reports show it.
pub(super) fn one_line(text: &str) -> Arc<str> {
    text.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

/// How to write a text whose quotes YAML would take away.
pub(super) fn taken_quotes(text: &str) -> String {
    format!("YAML takes the quotes away: write '\"{text}\"'")
}
