//! Steps: what happens, one thing after another.

use super::{
    record::record,
    shape::OneOrMany,
    value::{Entries, RawArgs, RawChange, RawEmit, RawValue},
};
use crate::source::{Span, Text};

/// One step.
#[derive(Clone, Debug)]
pub struct RawStep {
    /// What it does.
    pub kind: RawStepKind,
    /// The whole step.
    pub span: Span,
    /// The key that says what the step does, and its value: what a report shows.
    pub text_span: Span,
}

/// What a step does. A step `check` with a list is read as one step for each expression.
#[derive(Clone, Debug)]
pub enum RawStepKind {
    /// An actor calls something.
    Act(Box<RawAct>),
    /// The clock advances by this much.
    Wait(Text),
    /// The clock advances to this moment.
    At(Text),
    /// This holds now.
    Check(Text),
    /// These calls share one block; each of them is an [`RawStepKind::Act`].
    Together(Vec<RawStep>),
    /// Steps that are run several times.
    Repeat(RawRepeat),
}

/// An actor calls something.
#[derive(Clone, Debug)]
pub struct RawAct {
    /// Who.
    pub actor: Text,
    /// What.
    pub call: Text,
    /// Arguments that are not written in the call itself.
    pub args: Option<RawArgs>,
    /// Wei sent along.
    pub value: Option<Text>,
    /// Most gas the transaction may use.
    pub gas_limit: Option<Text>,
    /// The moment after which the transaction must not be in a block.
    pub by: Option<Text>,
    /// The name that what it returned is bound to.
    pub bind: Option<Text>,
    /// What has to come of it.
    pub expect: Option<RawExpect>,
}

/// Steps that are run several times.
#[derive(Clone, Debug)]
pub struct RawRepeat {
    /// How often.
    pub times: Text,
    /// How far apart; without it there is no waiting.
    pub every: Option<Text>,
    /// What.
    pub steps: Vec<RawStep>,
    /// Where `times` and `every` stand.
    pub span: Span,
}

record! {
    /// What has to come of a call.
    pub struct RawExpect is "an expectation" {
        /// An event, or a list of events that are matched in order: `lease.Signed(_, tenant)`, where `_` matches anything, or `lease.Signed: { who: tenant }`.
        "emits" => emits: Vec<RawEmit> as OneOrMany<RawEmit>,
        /// Exact changes of balances by this call, fees left out; whoever is not named must not change.
        "changes" => changes: Option<Entries<RawChange>>,
        /// A bound on the gas used, such as `<= 95_000`.
        "gas" => gas: Option<Text>,
        /// What the call returns.
        "returns" => returns: Option<RawValue>,
        /// The error that the call reverts with: a custom error with or without arguments, a `require` string in quotes, `Panic(0x11)` or `any`.
        "reverts" => reverts: Option<Text>,
    }
}
