//! The file as a whole and its sections.

use super::{
    explore::{RawExplore, RawProperty},
    record::record,
    shape::{Flag, Named, OneOrMany, Optional, Required, Roster},
    step::RawStep,
    steps::Steps,
    value::{Entries, RawArgs, RawValue},
};
use crate::source::Text;

record! {
    /// A scenario: who takes part, what is deployed, what happens and what has to hold.
    pub struct RawScenario is "a scenario" {
        /// What the scenario shows, in one sentence.
        "scenario" => scenario: Option<Text>,
        /// The chain that it runs on.
        "chain" => chain: Option<RawChain>,
        /// Who acts: accounts by name.
        "actors" => actors: Entries<RawActor> as Roster<RawActor>,
        /// ERC-20 tokens that are deployed before anything else.
        "tokens" => tokens: Entries<RawToken> as Named<RawToken>,
        /// Contracts that are deployed or attached, in this order.
        "contracts" => contracts: Entries<RawContract> as Named<RawContract>,
        /// Values by name, each computed once.
        "let" => lets: Entries<RawValue> as Named<RawValue>,
        /// What happens, one step after another.
        "steps" => steps: Vec<RawStep> as Steps,
        /// When this is so, then that happens.
        "rules" => rules: Vec<RawRule>,
        /// After the steps, time passes and rules fire until this holds; needs `within`.
        "until" => until: Option<Text>,
        /// How long `until` may take.
        "within" => within: Option<Text>,
        /// What has to hold after every transaction: an expression or a list of them.
        "always" => always: Vec<Text> as OneOrMany<Text>,
        /// What has to hold at the end: an expression or a list of them.
        "ensures" => ensures: Vec<Text> as OneOrMany<Text>,
        /// How every path from the state after the steps is explored, by `covenant explore`.
        "explore" => explore: Option<RawExplore>,
        /// What must be so on every path: a property or a list of them, looked at by `covenant explore`.
        "properties" => properties: Vec<RawProperty> as OneOrMany<RawProperty>,
        /// Variants of the scenario by name; each is a test of its own, and the base is then not run by itself.
        "cases" => cases: Entries<RawCase>,
        /// Files, relative to this one, whose actors, tokens, contracts, `let` and rules are taken over.
        "include" => include: Vec<Text> as OneOrMany<Text>,
    }
}

record! {
    /// The chain that a scenario runs on.
    pub struct RawChain is "the chain" {
        /// Timestamp of the first block, such as `2026-01-01T00:00:00Z`, which is the default.
        "start" => start: Option<Text>,
        /// Hard fork, such as `prague`; by default the project's `evm_version`.
        "evm" => evm: Option<Text>,
        /// How closely rules are watched while time passes, such as `1 days`.
        "tick" => tick: Option<Text>,
        /// Chain id.
        "id" => id: Option<Text>,
        /// Makes transactions pay for gas; without it gas is free.
        "fees" => fees: Option<RawFees>,
        /// Starts from the state of a live chain.
        "fork" => fork: Option<RawFork>,
    }
}

record! {
    /// What gas costs.
    pub struct RawFees is "`fees`" {
        /// Base fee for one unit of gas, such as `10 gwei`.
        "base" => base: Text,
    }
}

record! {
    /// The live chain whose state a scenario starts from.
    pub struct RawFork is "`fork`" {
        /// Address or name of the JSON-RPC endpoint.
        "rpc" => rpc: Option<Text>,
        /// Number of the block.
        "block" => block: Option<Text>,
        /// File, relative to this one, that holds everything that was ever asked of the endpoint, so that none is needed.
        "recording" => recording: Option<Text>,
    }
}

record! {
    /// An actor.
    pub struct RawActor is "an actor" {
        /// What the actor has at the start; `10_000 ether` by default.
        "balance" => balance: Option<Text>,
        /// The contract that the actor is, if not an account with a key.
        "contract" => contract: Option<Text>,
        /// Arguments for the constructor of that contract: a list, or a mapping by name.
        "args" => args: Option<RawArgs>,
        /// The address that the actor has on a fork.
        "address" => address: Option<Text>,
        /// `true` to act as that address without its key.
        "impersonate" => impersonate: Option<Text> as Optional<Flag>,
    }
}

record! {
    /// A token.
    pub struct RawToken is "a token" {
        /// How many decimals it has; 18 by default.
        "decimals" => decimals: Option<Text>,
        /// Which of the bundled odd tokens it is, such as `fee-on-transfer`; a plain ERC-20 by default.
        "like" => like: Option<Text>,
        /// Its `name()`.
        "name" => name: Option<Text>,
        /// Its `symbol()`.
        "symbol" => symbol: Option<Text>,
        /// Who has how much at the start.
        "mint" => mint: Entries<Text>,
    }
}

record! {
    /// A contract.
    pub struct RawContract is "a contract" {
        /// The contract to deploy: `Lease`, `file.sol:Lease`, or `covenant:Lease` for a bundled one.
        "deploy" => deploy: Option<Text>,
        /// Who deploys it.
        "by" => by: Option<Text>,
        /// Arguments of the constructor: a list, or a mapping by name.
        "args" => args: Option<RawArgs>,
        /// Wei sent to the constructor.
        "value" => value: Option<Text>,
        /// The address of a contract that is there already.
        "at" => at: Option<Text>,
        /// Addresses of libraries, by name, that are not to be deployed afresh.
        "libraries" => libraries: Entries<Text>,
    }
}

record! {
    /// A rule: when this is so, then that happens.
    pub struct RawRule is "a rule" {
        /// Its name.
        "rule" => rule: Text,
        /// The condition. The rule fires when it turns true.
        "when" => when: Text,
        /// What happens then.
        "then" => then: Vec<RawStep> as Required<Steps>,
        /// `true` to fire once in every block in which the condition holds.
        "repeat" => repeat: Option<Text> as Optional<Flag>,
        /// `true` to fire the first time only.
        "once" => once: Option<Text> as Optional<Flag>,
    }
}

record! {
    /// A variant of the scenario.
    pub struct RawCase is "a case" {
        /// Values that replace those of the same name.
        "let" => lets: Entries<RawValue> as Named<RawValue>,
        /// Actors that replace those of the same name.
        "actors" => actors: Entries<RawActor> as Roster<RawActor>,
        /// What has to hold at the end as well.
        "ensures" => ensures: Vec<Text> as OneOrMany<Text>,
        /// What has to hold after every transaction as well.
        "always" => always: Vec<Text> as OneOrMany<Text>,
        /// Steps that replace those of the scenario.
        "steps" => steps: Option<Vec<RawStep>> as Optional<Steps>,
        /// How paths are explored, in place of what the scenario says of it.
        "explore" => explore: Option<RawExplore>,
        /// What must be so on every path as well.
        "properties" => properties: Vec<RawProperty> as OneOrMany<RawProperty>,
    }
}
