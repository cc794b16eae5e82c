//! From what was typed to a checked [`Plan`]: names resolved, units parsed, calls checked, every error found at once.

mod types;

pub use types::{
    Account, Act, ActorKind, ActorPlan, BoundPlan, ChainPlan, Changes, Condition, ContractActor, Expect, ExpectedChange,
    Firing, ForkPlan, InstancePlan, LetPlan, Origin, Plan, Rule, Setup, Step, StepKind, TimeSpec, TokenPlan, Until,
};
