//! What names mean at some place of a scenario.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use covenant_compile::{Build, Contract, FindError};
use indexmap::IndexMap;

use super::{
    ActorId, AstKind, BoundId, InstanceId, LetId, TokenId, Type, Value,
    check::{BUILTINS, closest},
    parse::parse,
};
use crate::source::{Diagnostic, Span, Text};

/// The keys of a step: a name that equals one of them could not be told from it.
const STEP_KEYS: &[&str] = &[
    "args",
    "as",
    "at",
    "by",
    "check",
    "do",
    "every",
    "expect",
    "gas_limit",
    "repeat",
    "times",
    "together",
    "value",
    "wait",
];

/// What a declared name stands for.
#[derive(Clone, Debug)]
pub enum Name {
    /// An actor.
    Actor(ActorId),
    /// A declared contract.
    Instance(InstanceId, Arc<Contract>),
    /// A declared token.
    Token(TokenId, Arc<Contract>),
    /// A `let`.
    Let(LetId, Type),
    /// What `as:` bound.
    Bound(BoundId, Type),
}

/// What an expression is for, which decides what it can ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// It is a value.
    #[default]
    Value,
    /// It is a condition on a state: it can ask what is `enabled`.
    Condition,
    /// It is a condition on what a call has done: it can ask about any `change`, and whether the call `succeeded`.
    Transition,
}

#[derive(Clone, Debug)]
struct Declared {
    name: Name,
    span: Span,
    used: Cell<bool>,
}

/// The names that can be used at some place: declared ones, contracts and types of the project and of the bundled
/// contracts, and what `last` is.
#[derive(Clone, Debug)]
pub struct Scope {
    builds: [Arc<Build>; 2],
    names: IndexMap<String, Declared>,
    last: Option<Type>,
    values: BTreeMap<LetId, Value>,
    failed: BTreeSet<String>,
    later: BTreeMap<String, Span>,
    last_failed: bool,
    start: Option<u64>,
    place: Place,
}

impl Name {
    const fn what(&self) -> &'static str {
        match self {
            Self::Actor(_) => "actor",
            Self::Instance(..) => "contract",
            Self::Token(..) => "token",
            Self::Let(..) => "`let`",
            Self::Bound(..) => "`as`",
        }
    }
}

impl Scope {
    /// A scope without declared names. Contracts are looked for in `build` first, then among the bundled ones.
    pub fn new(build: Arc<Build>, bundled: Arc<Build>) -> Self {
        Self {
            builds: [build, bundled],
            names: IndexMap::new(),
            last: None,
            values: BTreeMap::new(),
            failed: BTreeSet::new(),
            later: BTreeMap::new(),
            last_failed: false,
            start: None,
            place: Place::Value,
        }
    }

    /// Declares a name.
    ///
    /// # Errors
    /// When the text is not an identifier, or is taken: by another declaration (both places are shown), a built-in, a
    /// key of a step, or a word of Solidity.
    pub fn declare(&mut self, text: &Text, name: Name) -> Result<(), Diagnostic> {
        let word = text.as_str();
        let taken = |message: String| {
            Err(Diagnostic::error(text.span, message).hint("choose another name"))
        };
        if !is_identifier(word) {
            return Err(Diagnostic::error(text.span, format!("`{word}` is not a name")).hint(
                "a name consists of letters, digits and `_`, and does not start with a digit",
            ));
        }
        if let Some(other) = self.names.get(word) {
            let message = format!("`{word}` is already the name of {}", a(other.name.what()));
            return Err(
                Diagnostic::error(text.span, message).related(other.span, "first declared here")
            );
        }
        if word == "_" || BUILTINS.contains(&word) {
            return taken(format!("`{word}` is a built-in name"));
        }
        if STEP_KEYS.contains(&word) {
            return taken(format!("`{word}` is a key of a step"));
        }
        if !matches!(parse(&Text::plain(word, text.span)).map(|ast| ast.kind), Ok(AstKind::Name(_)))
        {
            return taken(format!("`{word}` is a word of Solidity"));
        }
        if !matches!(self.find(word), Err(FindError::Unknown { .. })) {
            return taken(format!("`{word}` is the name of a contract type"));
        }
        self.names
            .insert(word.to_owned(), Declared { name, span: text.span, used: Cell::new(false) });
        Ok(())
    }

    /// What a declared name stands for; it counts as used from now on.
    pub fn lookup(&self, name: &str) -> Option<&Name> {
        let declared = self.names.get(name)?;
        declared.used.set(true);
        Some(&declared.name)
    }

    /// The names of the actors, in order of declaration.
    pub fn actors(&self) -> Vec<&str> {
        self.named(|name| matches!(name, Name::Actor(_)))
    }

    /// The names of everything that has an account: actors, declared contracts, tokens.
    pub fn parties(&self) -> Vec<&str> {
        self.named(|name| matches!(name, Name::Actor(_) | Name::Instance(..) | Name::Token(..)))
    }

    /// The names of the tokens, in order of declaration.
    pub fn tokens(&self) -> Vec<&str> {
        self.named(|name| matches!(name, Name::Token(..)))
    }

    fn named(&self, wanted: impl Fn(&Name) -> bool) -> Vec<&str> {
        let wanted = self.names.iter().filter(|(_, declared)| wanted(&declared.name));
        wanted.map(|(name, _)| name.as_str()).collect()
    }

    /// A warning for each declared name that was never looked up, in order of declaration.
    pub fn unused(&self) -> Vec<Diagnostic> {
        self.names
            .iter()
            .filter(|(_, declared)| !declared.used.get())
            .map(|(name, declared)| {
                Diagnostic::warning(
                    declared.span,
                    format!("{} `{name}` is never used", declared.name.what()),
                )
            })
            .collect()
    }

    /// Sets the type of `last`: what the last call returned, or nothing before the first.
    pub fn set_last_type(&mut self, ty: Option<Type>) {
        self.last = ty;
        self.last_failed = false;
    }

    /// Notes that the last call is wrong, so that uses of `last` are not reported on top.
    pub fn set_last_failed(&mut self) {
        self.last = None;
        self.last_failed = true;
    }

    /// Whether the last call is wrong, which was reported.
    pub(super) const fn last_failed(&self) -> bool {
        self.last_failed
    }

    /// Notes a name whose declaration is wrong, which was reported: its uses are not.
    pub fn declare_failed(&mut self, name: &str) {
        self.failed.insert(name.to_owned());
    }

    /// Whether a name is known only by a declaration that is wrong.
    pub fn has_failed(&self, name: &str) -> bool {
        self.failed.contains(name) && !self.names.contains_key(name)
    }

    /// Whether any declaration is wrong.
    pub(super) fn any_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    /// Notes a name that a step binds, before the steps are looked at one by one.
    pub fn announce(&mut self, name: &Text) {
        self.later.entry(name.as_str().to_owned()).or_insert(name.span);
    }

    /// Where a later step binds a name.
    pub(super) fn bound_later(&self, name: &str) -> Option<Span> {
        self.later.get(name).copied()
    }

    /// The type of `last`.
    pub const fn last_type(&self) -> Option<&Type> {
        self.last.as_ref()
    }

    /// Notes the value of a `let` that is known before anything runs.
    pub fn set_let_value(&mut self, id: LetId, value: Value) {
        self.values.insert(id, value);
    }

    /// The value of a `let`, if it is known before anything runs.
    pub fn let_value(&self, id: LetId) -> Option<&Value> {
        self.values.get(&id)
    }

    /// Sets when the scenario starts, in seconds since 1970, where that is known before anything runs.
    pub const fn set_start(&mut self, start: Option<u64>) {
        self.start = start;
    }

    /// When the scenario starts, in seconds since 1970, if that is known.
    pub const fn start(&self) -> Option<u64> {
        self.start
    }

    /// Sets what the next expressions are for.
    pub const fn set_place(&mut self, place: Place) {
        self.place = place;
    }

    /// What expressions are for.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The contract that a text names: `Lease`, `src/Lease.sol:Lease`, or `covenant:Lease` for a bundled one.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn contract(&self, text: &Text) -> Result<Arc<Contract>, Diagnostic> {
        let name = text.as_str().trim();
        match name.strip_prefix("covenant:") {
            Some(short) => self.builds[1]
                .find(short)
                .cloned()
                .map_err(|error| self.not_bundled(text.span, short, &error)),
            None => self.find(name).cloned().map_err(|error| self.not_found(text.span, &error)),
        }
    }

    /// Finds a contract type, in the project first.
    pub(super) fn find(&self, name: &str) -> Result<&Arc<Contract>, FindError> {
        match self.builds[0].find(name) {
            Err(FindError::Unknown { .. }) => self.builds[1].find(name),
            found => found,
        }
    }

    /// The contract that a parameter's type means, if its name is not ambiguous.
    pub(super) fn contract_of_type(&self, name: &str) -> Option<Arc<Contract>> {
        self.find(name).ok().cloned()
    }

    /// Why a contract type was not found.
    pub(super) fn not_found(&self, span: Span, error: &FindError) -> Diagnostic {
        let diagnostic = Diagnostic::error(span, error.to_string());
        let FindError::Unknown { name } = error else { return diagnostic };
        let own = |near: &str| !matches!(self.builds[0].find(near), Err(FindError::Unknown { .. }));
        match closest(name, self.contract_names()) {
            Some(near) if own(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            Some(near) => diagnostic.hint(format!("did you mean `covenant:{near}`?")),
            None if self.builds[0].contracts.is_empty() => diagnostic.hint(
                "the scenario belongs to no project with contracts: covenant.toml, foundry.toml or hardhat.config.* is \
                 looked for in the folders above; bundled contracts are written `covenant:Lease`",
            ),
            None => diagnostic,
        }
    }

    fn not_bundled(&self, span: Span, name: &str, error: &FindError) -> Diagnostic {
        let diagnostic = Diagnostic::error(
            span,
            error.to_string().replace("no contract", "no bundled contract"),
        );
        if self.builds[0].find(name).is_ok() {
            return diagnostic.hint(format!("it is a contract of the project: write `{name}`"));
        }
        match closest(name, self.builds[1].contracts.keys().map(|id| id.name.as_str())) {
            Some(near) => diagnostic.hint(format!("did you mean `covenant:{near}`?")),
            None => diagnostic,
        }
    }

    /// The project's build and the bundled one.
    pub(super) fn builds(&self) -> impl Iterator<Item = &Build> {
        self.builds.iter().map(|build| &**build)
    }

    /// The declared names in order of declaration, without counting as used.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &Name)> {
        self.names.iter().map(|(name, declared)| (name.as_str(), &declared.name))
    }

    /// The type of a declared contract that has a function of this name.
    pub(super) fn contract_with_function(&self, name: &str) -> Option<&str> {
        self.names.values().find_map(|declared| match &declared.name {
            Name::Instance(_, contract) | Name::Token(_, contract) => {
                contract.abi.functions.contains_key(name).then_some(contract.id.name.as_str())
            }
            _ => None,
        })
    }

    /// The names of all contract types.
    pub(super) fn contract_names(&self) -> impl Iterator<Item = &str> {
        self.builds().flat_map(|build| build.contracts.keys().map(|id| id.name.as_str()))
    }
}

fn a(what: &str) -> String {
    let article = if what.starts_with(['a', '`']) && what != "`let`" { "an" } else { "a" };
    format!("{article} {what}")
}

fn is_identifier(word: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    word.starts_with(first) && word.chars().all(|c| first(c) || c.is_ascii_digit())
}
