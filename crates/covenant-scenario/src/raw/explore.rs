//! The sections of an exploration: who may do what, what is whose, and what must be so in every state.

use serde_json::{Value, json};

use super::{
    honest::RawHonest,
    record::{Fields, record},
    schema::{Schemas, object},
    shape::{Named, OneOrMany, Optional, Shape, all, entries, expected},
    value::{Entries, RawArgs, RawValue},
};
use crate::{
    source::{Diagnostic, Span, Text},
    yaml::{Node, NodeKind, brief},
};

/// The key under `actors` that stands for strangers.
pub const OUTSIDERS: &str = "outsiders";

record! {
    /// How every path of the agreement is explored, from the state after the steps.
    pub struct RawExplore is "`explore`" {
        /// Who acts, and how: `free` for any call, or a list of calls. An actor that is left out never acts. `outsiders: { purse: 2 ether }` adds strangers.
        "actors" => actors: Option<RawMovers> as Optional<RawMovers>,
        /// What is whose to get out, by actor: an amount, or amounts by token and `ether`.
        "claims" => claims: Entries<RawAmounts> as Named<RawAmounts>,
        /// What the surroundings may do, each by name: `usd can block seller`, `usd can pause`, or a call such as `feed.post(0)`.
        "assume" => assume: Vec<Text> as OneOrMany<Text>,
        /// How far into the future: `400 days`, or a date. A hundred years by default.
        "horizon" => horizon: Option<Text>,
        /// Where the exploration gives up.
        "limits" => limits: Option<RawLimits>,
        /// How long it takes at most until a transaction is executed; one block, `12 seconds`, by default.
        "delay" => delay: Option<Text>,
        /// How little may stay behind: an amount, or amounts by token and `ether`; 0 by default.
        "dust" => dust: Option<RawAmounts>,
        /// More values to try for every argument of that name; `value` is also the wei sent along.
        "values" => values: Entries<Vec<RawValue>> as Named<OneOrMany<RawValue>>,
        /// What honest play is, for `incentives`: for each actor the calls that he makes as soon as he can, the first choice first. An actor that is left out only waits.
        "honest" => honest: Entries<RawHonest>,
        /// What a unit of gas costs, such as `20 gwei`, for `incentives`; nothing by default.
        "gas_price" => gas_price: Option<Text>,
    }
}

record! {
    /// Strangers, of which one is a contract.
    pub struct RawOutsiders is "`outsiders`" {
        /// What each of them has, such as `2 ether`; with tokens `{ ether: 2 ether, usd: 100 }`.
        "purse" => purse: RawAmounts,
    }
}

record! {
    /// Where an exploration gives up; its verdict is then `BOUNDED`.
    pub struct RawLimits is "`limits`" {
        /// Most states; 1_000_000 by default.
        "states" => states: Option<Text>,
        /// Most seconds; 600 by default.
        "seconds" => seconds: Option<Text>,
        /// Most memory, such as `8 GiB`, which is the default.
        "memory" => memory: Option<Text>,
        /// How often a call that creates something new succeeds on one path; 2 by default.
        "repeats" => repeats: Option<Text>,
        /// How many calls a stranger's contract makes at most while it is called; 1 by default. With 2 it can be called back while it calls back.
        "callbacks" => callbacks: Option<Text>,
    }
}

record! {
    /// A call with what goes along.
    pub struct RawMove is "a call" {
        /// What is called: `escrow.fund(terms)`.
        "call" => call: Text,
        /// Arguments of the call: a list, or a mapping by name.
        "args" => args: Option<RawArgs>,
        /// Wei sent with the call.
        "value" => value: Option<Text>,
        /// Most gas that the transaction may use.
        "gas_limit" => gas_limit: Option<Text>,
    }
}

/// Who acts in an exploration.
#[derive(Clone, Debug)]
pub struct RawMovers {
    /// Actors, and how each of them acts.
    pub movers: Entries<RawMoves>,
    /// Strangers.
    pub outsiders: Option<(Text, RawOutsiders)>,
}

/// How an actor acts.
#[derive(Clone, Debug)]
pub enum RawMoves {
    /// `free`, as typed.
    Word(Text),
    /// By these calls.
    Listed(Vec<RawMove>),
}

/// So much of something: what is an actor's to get out, what may stay behind, what a stranger has.
#[derive(Clone, Debug)]
pub enum RawAmounts {
    /// `escrow.claimOf(terms, buyer)`
    Amount(Text),
    /// `{ usd: escrow.claimOf(terms, buyer) }`
    ByAsset(Entries<Text>),
}

/// What must be so.
#[derive(Clone, Debug)]
pub enum RawProperty {
    /// `exit(buyer) alone`
    Words(Text),
    /// `always: …`
    Always(Text),
    /// `never: …`
    Never(Text),
    /// `reachable: …`
    Reachable(Text),
    /// `after: …` and `then: …`
    After {
        /// The call.
        call: Text,
        /// What holds then.
        then: Text,
        /// Both of them.
        span: Span,
    },
}

impl Shape for RawMovers {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        let NodeKind::Mapping(mapping) = &node.kind else {
            let wanted = "a mapping of actors, each with `free` or a list of calls,";
            return expected(wanted, node, found);
        };
        let (strangers, actors): (Vec<_>, Vec<_>) =
            mapping.iter().cloned().partition(|(name, _)| name.as_str() == OUTSIDERS);
        let movers = entries::<RawMoves>(&actors, found);
        let outsiders = match strangers.first() {
            Some((name, node)) => {
                RawOutsiders::read(node, found).map(|outsiders| Some((name.clone(), outsiders)))
            }
            None => Some(None),
        };
        Some(Self { movers: movers?, outsiders: outsiders? })
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let outsiders = RawOutsiders::schema(schemas);
        let moves = RawMoves::schema(schemas);
        json!({
            "type": "object",
            "properties": { OUTSIDERS: outsiders },
            "additionalProperties": moves,
        })
    }
}

impl Shape for RawMoves {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(_) => Text::read(node, found).map(Self::Word),
            NodeKind::Sequence(items) if items.is_empty() => {
                found.push(
                    Diagnostic::error(node.span, "this list is empty")
                        .hint("an actor that is left out never acts"),
                );
                None
            }
            NodeKind::Sequence(items) => all::<Call>(items, found).map(Self::Listed),
            _ => expected("`free` or a list of calls", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let call = Call::schema(schemas);
        json!({ "anyOf": [{ "const": "free" }, { "type": "array", "minItems": 1, "items": call }] })
    }
}

/// A call alone, or with what goes along.
struct Call;

impl Shape for Call {
    type Out = RawMove;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<RawMove> {
        match &node.kind {
            NodeKind::Scalar(_) => Text::read(node, found).map(|call| RawMove {
                span: call.span,
                call,
                args: None,
                value: None,
                gas_limit: None,
            }),
            NodeKind::Mapping(_) => RawMove::read(node, found),
            _ => expected("a call", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let with = RawMove::schema(schemas);
        json!({ "anyOf": [{ "type": "string" }, with] })
    }
}

impl Shape for RawAmounts {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(_) => Text::read(node, found).map(Self::Amount),
            NodeKind::Mapping(assets) if assets.is_empty() => {
                found.push(Diagnostic::error(node.span, "this mapping is empty"));
                None
            }
            NodeKind::Mapping(assets) => entries::<Text>(assets, found).map(Self::ByAsset),
            _ => expected("an amount, or a mapping of amounts by token and `ether`,", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let amount = Text::schema(schemas);
        json!({ "anyOf": [
            amount,
            { "type": "object", "minProperties": 1, "additionalProperties": amount },
        ] })
    }
}

record! {
    /// A property that is a condition.
    pub(super) struct PropertyKeys is "a property" {
        /// Holds in every state.
        "always" => always: Option<Text>,
        /// Holds in no state.
        "never" => never: Option<Text>,
        /// Holds in some state.
        "reachable" => reachable: Option<Text>,
        /// A call, by whomever: `escrow.release(terms)`; `_` is any argument, and without parentheses any arguments do.
        "after" => after: Option<Text>,
        /// What holds whenever the call of `after` has succeeded; `change(x)` is how much more `x` has then.
        "then" => then: Option<Text>,
    }
}

/// Keys that say by themselves what a property is.
const KINDS: [&str; 4] = ["always", "never", "reachable", "after"];

/// Texts that are properties, and the beginnings of those that go on.
pub(crate) const PROPERTIES: [&str; 12] = [
    "conservation",
    "no trapped funds",
    "exit(party) alone",
    "exit(party) within 30 days",
    "ends",
    "reaction(party) at least 2 days",
    "exit gas <= 2_000_000",
    "no unattributed loss",
    "incentives",
    "order",
    "rules",
    "only(party, contract.function)",
];

impl Shape for RawProperty {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(_) => Text::read(node, found).map(Self::Words),
            NodeKind::Mapping(_) => {
                let fields = Fields::of(node, "a property", found)?;
                let known = fields.only(PropertyKeys::KEYS, found);
                let keys = PropertyKeys::from_fields(&fields, found)?;
                if !known {
                    return None;
                }
                one_kind(&fields, found)?;
                condition(keys, found)
            }
            _ => expected("a property", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        schemas.define("RawProperty", |schemas| {
            let about = "A property that is a condition on states, or on the states after a call.";
            let mut keys = object(about, PropertyKeys::properties(schemas), json!(false));
            keys["type"] = json!("object");
            keys["minProperties"] = json!(1);
            keys["dependentRequired"] = json!({ "after": ["then"], "then": ["after"] });
            json!({
                "description": "What must be so on every path.",
                "anyOf": [{ "type": "string", "examples": PROPERTIES }, keys],
            })
        })
    }
}

/// Reports a property that says several things, or nothing.
fn one_kind(fields: &Fields<'_>, found: &mut Vec<Diagnostic>) -> Option<()> {
    let mut kinds = fields.entries().filter(|(key, _)| KINDS.contains(&key.as_str()));
    let wrong = match (kinds.next(), kinds.next()) {
        (Some((first, _)), Some((second, _))) => {
            let message = format!(
                "a property says one thing, and this one has `{}` and `{}`",
                brief(&first.value),
                brief(&second.value)
            );
            Diagnostic::error(second.span, message)
                .related(first.span, "first here")
                .hint("start a new property with `- `")
        }
        (Some((first, _)), None) => {
            let Some((then, _)) = fields.get("then").filter(|_| first.as_str() != "after") else {
                return Some(());
            };
            let message = format!("`then` goes with `after`, not with `{}`", brief(&first.value));
            Diagnostic::error(then.span, message)
        }
        (None, _) => match fields.get("then") {
            Some((then, _)) => {
                Diagnostic::error(then.span, "`then` needs the key `after` next to it, with a call")
            }
            None => Diagnostic::error(fields.span, "this property is empty"),
        },
    };
    found.push(wrong);
    None
}

fn condition(keys: PropertyKeys, found: &mut Vec<Diagnostic>) -> Option<RawProperty> {
    let PropertyKeys { always, never, reachable, after, then, span } = keys;
    match (always, never, reachable, after) {
        (Some(text), ..) => Some(RawProperty::Always(text)),
        (_, Some(text), ..) => Some(RawProperty::Never(text)),
        (_, _, Some(text), _) => Some(RawProperty::Reachable(text)),
        (_, _, _, Some(call)) => match then {
            Some(then) => Some(RawProperty::After { call, then, span }),
            None => {
                found.push(
                    Diagnostic::error(
                        call.span,
                        "`after` needs the key `then` next to it, with what holds after the call",
                    )
                    .hint("write `then: change(seller) == terms.amount`"),
                );
                None
            }
        },
        (None, None, None, None) => None,
    }
}
