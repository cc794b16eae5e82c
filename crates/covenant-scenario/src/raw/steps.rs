//! Reading steps: a step says what it does by one of its keys, and that may be the name of an actor.

use serde_json::{Value, json};

use super::{
    record::{Fields, list, record},
    schema::{Schemas, object},
    shape::{OneOrMany, Optional, Shape, expected},
    step::{RawAct, RawExpect, RawRepeat, RawStep, RawStepKind},
    value::RawArgs,
};
use crate::{
    source::{Diagnostic, Text},
    yaml::{Node, NodeKind, brief},
};

/// Keys of a step that cannot be the name of an actor, or of anything else.
pub const STEP_KEYS: &[&str] = StepKeys::KEYS;

/// Keys that say by themselves what a step does.
const KINDS: [&str; 5] = ["wait", "at", "check", "together", "repeat"];

/// Keys that go with an actor.
const OF_AN_ACTOR: [&str; 6] = ["value", "gas_limit", "args", "by", "as", "expect"];

record! {
    /// A step. Its one other key is an actor, whose value is what the actor calls: `tenant: lease.sign(terms)`.
    pub(super) struct StepKeys is "a step" {
        /// Moves the clock ahead: `31 days`, `1 months`.
        "wait" => wait: Option<Text>,
        /// Moves the clock to a moment: `start + 31 days`, `2026-02-01T00:00:00Z`.
        "at" => at: Option<Text>,
        /// What has to hold now: an expression or a list of them.
        "check" => check: Vec<Text> as OneOrMany<Text>,
        /// Calls that go into one block.
        "together" => together: Option<Vec<RawStep>> as Optional<Steps>,
        /// How often to run the steps under `do`, and how far apart.
        "repeat" => repeat: Option<RepeatKeys>,
        /// The steps that `repeat` runs.
        "do" => steps: Option<Vec<RawStep>> as Optional<Steps>,
        /// Wei sent with the call.
        "value" => value: Option<Text>,
        /// Most gas that the transaction may use.
        "gas_limit" => gas_limit: Option<Text>,
        /// Arguments of the call: a list, or a mapping by name.
        "args" => args: Option<RawArgs>,
        /// The moment after which the transaction must not be in a block any more; on a network it then gives way to one that does nothing.
        "by" => by: Option<Text>,
        /// A name for what the call returns, for later expressions.
        "as" => bind: Option<Text>,
        /// What has to come of the call.
        "expect" => expect: Option<RawExpect>,
    }
}

record! {
    /// How often steps are run, and how far apart.
    pub(super) struct RepeatKeys is "`repeat`" {
        /// How often.
        "times" => times: Text,
        /// How far apart: `30 days`, `1 months`.
        "every" => every: Option<Text>,
    }
}

/// A list of steps.
pub(super) struct Steps;

impl Shape for Steps {
    type Out = Vec<RawStep>;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Vec<RawStep>> {
        let NodeKind::Sequence(items) = &node.kind else {
            return expected("a list of steps", node, found);
        };
        let read: Vec<_> = items.iter().map(|item| step(item, found)).collect();
        let steps: Option<Vec<_>> = read.into_iter().collect();
        Some(steps?.into_iter().flatten().collect())
    }

    fn absent() -> Option<Vec<RawStep>> {
        Some(Vec::new())
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let step = schemas.define("RawStep", |schemas| {
            let call = json!({ "type": "string", "description": "What this actor calls." });
            let about = "A step. Its one key that is not listed here is an actor, whose value is what the actor calls: `tenant: lease.sign(terms)`.";
            let mut step = object(about, StepKeys::properties(schemas), call);
            step["type"] = json!("object");
            step["minProperties"] = json!(1);
            step["dependentRequired"] = json!({ "repeat": ["do"], "do": ["repeat"] });
            step
        });
        json!({ "type": "array", "items": step })
    }
}

/// One item of a list of steps, which is several steps if it is a list of checks.
fn step(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Vec<RawStep>> {
    let NodeKind::Mapping(_) = node.kind else {
        let wrong = match node.kind {
            NodeKind::Null => "a step is missing here".to_owned(),
            _ => format!("a step is written as a mapping, and this is {}", node.what()),
        };
        found.push(
            Diagnostic::error(node.span, wrong)
                .hint("write `- tenant: lease.sign(terms)`, `- wait: 31 days` or `- check: …`"),
        );
        return None;
    };
    let fields = Fields::of(node, "a step", found)?;
    let (key, value) = main_key(&fields, found)?;
    let keys = StepKeys::from_fields(&fields, found)?;
    let text_span = if key.span.file == value.span.file && key.span.end <= value.span.start {
        key.span.to(value.span)
    } else {
        key.span
    };
    let one = |kind| Some(vec![RawStep { kind, span: keys.span, text_span }]);
    match key.as_str() {
        "wait" => one(RawStepKind::Wait(keys.wait?)),
        "at" => one(RawStepKind::At(keys.at?)),
        "check" => {
            let checks = keys.check.into_iter();
            Some(
                checks
                    .map(|check| RawStep {
                        span: check.span,
                        text_span: check.span,
                        kind: RawStepKind::Check(check),
                    })
                    .collect(),
            )
        }
        "together" => one(RawStepKind::Together(together(keys.together?, found)?)),
        "repeat" => {
            let RepeatKeys { times, every, span } = keys.repeat?;
            let Some(steps) = keys.steps else {
                found.push(Diagnostic::error(
                    key.span,
                    "`repeat` needs the key `do` next to it, with the steps to run",
                ));
                return None;
            };
            one(RawStepKind::Repeat(RawRepeat { times, every, steps, span }))
        }
        _ => {
            let act = RawAct {
                actor: key.clone(),
                call: Text::read(value, found)?,
                args: keys.args,
                value: keys.value,
                gas_limit: keys.gas_limit,
                by: keys.by,
                bind: keys.bind,
                expect: keys.expect,
            };
            one(RawStepKind::Act(Box::new(act)))
        }
    }
}

/// The one key that says what a step does, if the others go with it.
fn main_key<'a>(fields: &Fields<'a>, found: &mut Vec<Diagnostic>) -> Option<(&'a Text, &'a Node)> {
    let says = |key: &Text| KINDS.contains(&key.as_str()) || !STEP_KEYS.contains(&key.as_str());
    let mut kinds = fields.entries().filter(|(key, _)| says(key));
    let Some((key, value)) = kinds.next() else {
        found.push(nothing_done(fields));
        return None;
    };
    if let Some((other, _)) = kinds.next() {
        found.push(two_things(key, other));
        return None;
    }
    let kind = key.as_str();
    let before = found.len();
    for (extra, _) in fields.entries().filter(|(other, _)| !says(other)) {
        let goes = match extra.as_str() {
            "do" => kind == "repeat",
            _ => !KINDS.contains(&kind),
        };
        if !goes {
            let with = if extra.as_str() == "do" { "`repeat`" } else { "an actor" };
            let wrong = format!("`{}` goes with {with}, not with `{}`", extra.value, brief(kind));
            found.push(Diagnostic::error(extra.span, wrong));
        }
    }
    (found.len() == before).then_some((key, value))
}

/// A step in which nobody does anything.
fn nothing_done(fields: &Fields<'_>) -> Diagnostic {
    let Some((key, _)) = fields.entries().next() else {
        return Diagnostic::error(fields.span, "this step is empty");
    };
    if key.as_str() == "do" {
        return Diagnostic::error(key.span, "`do` needs the key `repeat` next to it");
    }
    let wrong = format!("this step has {}, but no actor", list(&present(fields)));
    Diagnostic::error(key.span, wrong)
        .hint("write who does what as one of the keys: `tenant: lease.sign(terms)`")
}

fn present<'a>(fields: &Fields<'a>) -> Vec<&'a str> {
    fields.entries().map(|(key, _)| key.as_str()).filter(|key| OF_AN_ACTOR.contains(key)).collect()
}

/// A step that says two things at once.
fn two_things(key: &Text, other: &Text) -> Diagnostic {
    let misspelt = [other, key].into_iter().find_map(|key| {
        let unknown = !STEP_KEYS.contains(&key.as_str());
        super::closest(&key.value, STEP_KEYS.iter().copied())
            .filter(|_| unknown)
            .map(|known| (key, known))
    });
    let said = format!(
        "a step does one thing, and this one has `{}` and `{}`",
        brief(&key.value),
        brief(&other.value)
    );
    match misspelt {
        Some((key, known)) => {
            Diagnostic::error(key.span, said).hint(format!("did you mean `{known}`?"))
        }
        None => Diagnostic::error(other.span, said).related(key.span, "first here").hint(
            "start a new step with `- `; several calls in one block are written under `together:`",
        ),
    }
}

/// The steps of a block, which are all calls.
fn together(steps: Vec<RawStep>, found: &mut Vec<Diagnostic>) -> Option<Vec<RawStep>> {
    let before = found.len();
    for step in &steps {
        if !matches!(step.kind, RawStepKind::Act(_)) {
            found.push(Diagnostic::error(
                step.text_span,
                "only calls can go into one block together",
            ));
        }
    }
    (found.len() == before).then_some(steps)
}
