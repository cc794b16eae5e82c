//! What a name or a path stands for: a value, a type, a function, a built-in.

use std::sync::Arc;

use covenant_compile::{Contract, FindError};

use super::{
    checker::{Checker, typed},
    suggest::{BUILTINS, did_you_mean},
    types::NamedType,
};
use crate::{
    expr::{
        Ast, AstKind, Elementary, Ident, Kind, Name, Place, Type, Typed,
        types::{EnumType, StructType},
    },
    source::{Diagnostic, Span},
    yaml::brief,
};

/// What an expression stands for before it has to be a value.
#[derive(Clone, Debug)]
pub(super) enum Entity {
    Value(Typed),
    /// The type of a contract.
    Contract(Arc<Contract>),
    Struct(Arc<StructType>),
    Enum(Arc<EnumType>),
    /// A user-defined value type, by what it wraps.
    ValueType(Type),
    /// `Name.wrap` and `Name.unwrap`
    Wrap(Type),
    Elementary(Elementary),
    /// `type(T)`
    TypeOf(Type),
    Builtin(Builtin),
    /// `target.name`, a function of the contract.
    Method {
        target: Typed,
        contract: Arc<Contract>,
        name: Ident,
    },
}

/// A built-in that is not a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Balance,
    Gained,
    Change,
    Enabled,
    Date,
    Keccak256,
    Sign,
    Permit,
    Block,
    Chain,
    Abi,
    AbiEncode,
    AbiEncodePacked,
    Transfer,
    Force,
    Deploy,
}

impl Entity {
    /// A few words for what it is, when a value is wanted.
    fn describe(&self, ast: &Ast) -> String {
        match self {
            Self::Value(_) => format!("`{ast}` is a value"),
            Self::Contract(_) => format!("`{ast}` is a contract type, not a contract"),
            Self::Struct(_) => format!("`{ast}` is a struct type"),
            Self::Enum(_) => format!("`{ast}` is an enum type"),
            Self::ValueType(_) | Self::Elementary(_) | Self::TypeOf(_) => {
                format!("`{ast}` is a type")
            }
            Self::Builtin(Builtin::Block | Builtin::Chain | Builtin::Abi) => {
                format!("`{ast}` is not a value by itself")
            }
            Self::Builtin(Builtin::Transfer | Builtin::Force | Builtin::Deploy) => {
                format!("`{ast}` is an action, not a value")
            }
            Self::Builtin(_) | Self::Wrap(_) | Self::Method { .. } => {
                format!("`{ast}` is a function")
            }
        }
    }

    fn advice(&self, ast: &Ast) -> Option<String> {
        Some(match self {
            Self::Contract(_) => {
                format!("name a declared contract, or say which one: `{ast}(address)`")
            }
            Self::Struct(_) => format!("give its fields: `{ast}({{…}})`"),
            Self::Enum(found) => format!("name a member: `{ast}.{}`", found.members.first()?),
            Self::Builtin(Builtin::Block) => {
                "write `block.number`, `block.timestamp` or `block.basefee`".to_owned()
            }
            Self::Builtin(Builtin::Chain) => "write `chain.id`".to_owned(),
            Self::Builtin(Builtin::Abi) => {
                "write `abi.encode(…)` or `abi.encodePacked(…)`".to_owned()
            }
            Self::Builtin(Builtin::Transfer | Builtin::Force | Builtin::Deploy) => {
                format!("it goes after an actor: `tenant: {ast}(…)`")
            }
            Self::Builtin(_) | Self::Wrap(_) | Self::Method { .. } => {
                format!("call it: `{ast}(…)`")
            }
            Self::TypeOf(_) => format!("write `{ast}.max` or `{ast}.min`"),
            Self::Value(_) | Self::ValueType(_) | Self::Elementary(_) => return None,
        })
    }
}

impl Checker<'_> {
    /// What an expression stands for.
    pub(super) fn entity(&mut self, ast: &Ast) -> Option<Entity> {
        match &ast.kind {
            AstKind::Name(name) => self.name(name, ast.span),
            AstKind::Member(base, member) => self.member(ast, base, member),
            AstKind::Elementary(elementary) => Some(Entity::Elementary(*elementary)),
            AstKind::TypeOf(inner) => self.type_of(inner).map(Entity::TypeOf),
            _ => self.value(ast).map(Entity::Value),
        }
    }

    /// The value that an entity is, or an error that says what it is instead.
    pub(super) fn value_of(&mut self, ast: &Ast, entity: Entity) -> Option<Typed> {
        if let Entity::Value(value) = entity {
            return Some(value);
        }
        let diagnostic = Diagnostic::error(ast.span, entity.describe(ast));
        self.report(match entity.advice(ast) {
            Some(advice) => diagnostic.hint(advice),
            None => diagnostic,
        })
    }

    fn name(&mut self, name: &str, span: Span) -> Option<Entity> {
        if let Some(declared) = self.scope.lookup(name) {
            return Some(Entity::Value(declared_value(declared, span)));
        }
        if self.scope.has_failed(name) {
            return None;
        }
        if let Some(builtin) = self.builtin(name, span) {
            return builtin;
        }
        match self.scope.find(name) {
            Ok(contract) => return Some(Entity::Contract(Arc::clone(contract))),
            Err(error @ FindError::Ambiguous { .. }) => {
                return self.report(
                    Diagnostic::error(span, ambiguous(name, &error))
                        .hint("an expression cannot name a file: go through a declared contract, as in `lease.Terms`"),
                );
            }
            Err(FindError::Unknown { .. }) => {}
        }
        match self.scope.file_type(name) {
            Some(found) => Some(found.into()),
            None => self.unknown_name(name, span),
        }
    }

    fn builtin(&mut self, name: &str, span: Span) -> Option<Option<Entity>> {
        let value = |kind, ty| Some(Some(Entity::Value(typed(kind, ty, span))));
        let builtin = |builtin| Some(Some(Entity::Builtin(builtin)));
        match name {
            "now" => value(Kind::Now, Type::UINT256),
            "start" => value(Kind::Start, Type::UINT256),
            "last" if self.scope.last_failed() => Some(None),
            "last" => match self.scope.last_type() {
                Some(Type::Tuple(items)) if items.is_empty() => {
                    Some(self.error(span, "`last` has no value: the last call returns nothing"))
                }
                Some(ty) => value(Kind::Last, ty.clone()),
                None => Some(self.error(span, "`last` has no value: no call comes before")),
            },
            "balance" => builtin(Builtin::Balance),
            "gained" => builtin(Builtin::Gained),
            "change" => builtin(Builtin::Change),
            "enabled" => builtin(Builtin::Enabled),
            "succeeded" if self.scope.place() == Place::Transition => {
                value(Kind::Succeeded, Type::Bool)
            }
            "succeeded" => Some(
                self.report(
                    Diagnostic::error(
                        span,
                        "`succeeded` asks about a call, and none is looked at here",
                    )
                    .hint("it belongs under `then:`, beside the `after:` that names the call"),
                ),
            ),
            "date" => builtin(Builtin::Date),
            "keccak256" => builtin(Builtin::Keccak256),
            "sign" => builtin(Builtin::Sign),
            "permit" => builtin(Builtin::Permit),
            "block" => builtin(Builtin::Block),
            "chain" => builtin(Builtin::Chain),
            "abi" => builtin(Builtin::Abi),
            "transfer" => builtin(Builtin::Transfer),
            "force" => builtin(Builtin::Force),
            "deploy" => builtin(Builtin::Deploy),
            "_" => Some(self.report(Diagnostic::error(
                span,
                "`_` matches anything, which only makes sense in `emits` and `reverts`",
            ))),
            _ => None,
        }
    }

    fn unknown_name(&mut self, name: &str, span: Span) -> Option<Entity> {
        if let Some(place) = self.scope.bound_later(name) {
            let message = format!("`{name}` is bound by a later step");
            return self.report(Diagnostic::error(span, message).related(place, "bound here"));
        }
        let diagnostic = Diagnostic::error(span, format!("`{}` is not known here", brief(name)));
        let advice = match name {
            "msg" | "tx" | "this" | "super" => {
                Some("a scenario has no caller of its own; name the actor or the contract")
            }
            "true_" | "True" | "TRUE" | "yes" => Some("did you mean `true`?"),
            "False" | "FALSE" | "no" => Some("did you mean `false`?"),
            _ => None,
        };
        if let Some(advice) = advice {
            return self.report(diagnostic.hint(advice));
        }
        let owner = self.scope.names().find_map(|(owner, declared)| match declared {
            Name::Instance(_, contract) | Name::Token(_, contract) => {
                let known = contract.abi.functions.contains_key(name);
                known.then(|| format!("did you mean `{owner}.{name}`?"))
            }
            _ => None,
        });
        if let Some(hint) = owner {
            return self.report(diagnostic.hint(hint));
        }
        let candidates = self
            .scope
            .names()
            .map(|(name, _)| name)
            // `any` has a meaning in `reverts` only.
            .chain(BUILTINS.iter().copied().filter(|builtin| *builtin != "any"))
            .chain(self.scope.contract_names());
        let diagnostic = did_you_mean(diagnostic, "", name, candidates);
        self.report(diagnostic)
    }

    /// The type in `type(T)`.
    fn type_of(&mut self, inner: &Ast) -> Option<Type> {
        match self.entity(inner)? {
            Entity::Elementary(Elementary::Int(size)) => Some(Type::Int(Some(size))),
            Entity::Enum(found) => Some(Type::Enum(found)),
            Entity::ValueType(ty @ Type::Int(_)) => Some(ty),
            _ => self.error(
                inner.span,
                format!("`type({inner})` is not supported: only integers and enums have limits"),
            ),
        }
    }
}

impl From<NamedType> for Entity {
    fn from(found: NamedType) -> Self {
        match found {
            NamedType::Struct(found) => Self::Struct(found),
            NamedType::Enum(found) => Self::Enum(found),
            NamedType::Value(wrapped) => Self::ValueType(wrapped),
        }
    }
}

fn declared_value(name: &Name, span: Span) -> Typed {
    match name {
        Name::Actor(id) => typed(Kind::Actor(*id), Type::ADDRESS, span),
        Name::Instance(id, contract) => {
            typed(Kind::Instance(*id), Type::Address(Some(Arc::clone(contract))), span)
        }
        Name::Token(id, contract) => {
            typed(Kind::Token(*id), Type::Address(Some(Arc::clone(contract))), span)
        }
        Name::Let(id, ty) => typed(Kind::Let(*id), ty.clone(), span),
        Name::Bound(id, ty) => typed(Kind::Bound(*id), ty.clone(), span),
    }
}

fn ambiguous(name: &str, error: &FindError) -> String {
    let FindError::Ambiguous { candidates, .. } = error else { return error.to_string() };
    let files: Vec<String> = candidates.iter().map(|id| format!("`{id}`")).collect();
    format!("`{name}` is declared in several files: {}", files.join(", "))
}
