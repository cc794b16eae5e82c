//! From what was typed to a checked [`Plan`]: names resolved, units parsed, calls checked, every error found at once.

mod builder;
mod cases;
mod cast;
mod chain;
mod explore;
mod order;
mod signing;
mod steps;
mod syntax;
#[cfg(test)]
mod tests;
mod time;
mod tokens;
mod types;

pub use builder::{CodeSize, PlanInput, plan};

pub use explore::{
    AssumedAct, Assumption, AssumptionKind, Claim, DEFAULT_DELAY, Dust, ExplorePlan, Honest,
    HonestCall, Horizon, Limits, Move, Mover, Moves, Outsiders, Property, PropertyKind,
};
pub use types::{
    Act, ActorKind, ActorPlan, BoundPlan, ChainPlan, Changes, Condition, ContractActor, Expect,
    ExpectedChange, Firing, ForkPlan, InstancePlan, LetPlan, MAX_STEPS, Origin, Plan, Rule, Setup,
    Step, StepKind, TimeSpec, TokenPlan, Until,
};
