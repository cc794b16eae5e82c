//! `base.name`

use std::sync::Arc;

use alloy_json_abi::JsonAbi;
use covenant_compile::Contract;
use num_bigint::BigInt;

use super::{
    checker::{Checker, typed},
    entities::{Builtin, Entity},
    suggest::did_you_mean,
    types::{Ambiguous, short_type_names},
};
use crate::{
    expr::{
        Ast, Ident, IntSize, Kind, SignaturePart, Type, Typed, Value,
        types::{EnumType, StructType},
    },
    source::{Diagnostic, Span},
};

impl Checker<'_> {
    pub(super) fn member(&mut self, whole: &Ast, base: &Ast, name: &Ident) -> Option<Entity> {
        let span = whole.span;
        match self.entity(base)? {
            Entity::Builtin(builtin) => self.builtin_member(builtin, base, name, span),
            Entity::Contract(contract) => self.member_of_contract_type(&contract, base, name),
            Entity::Enum(found) => self.enum_member(&found, base, name, span).map(Entity::Value),
            Entity::ValueType(ty) if name.name == "wrap" || name.name == "unwrap" => {
                Some(Entity::Wrap(ty))
            }
            Entity::TypeOf(ty) => self.limit(&ty, name, span).map(Entity::Value),
            Entity::Value(value) => self.member_of_value(value, base, name, span),
            Entity::Method { .. } => {
                let message = format!("`{base}` is a function, which has no `{}`", name.name);
                self.report(
                    Diagnostic::error(name.span, message)
                        .hint(format!("call it first: `{base}(…).{}`", name.name)),
                )
            }
            _ => self.error(name.span, format!("`{base}` has no `{}`", name.name)),
        }
    }

    fn builtin_member(
        &mut self,
        builtin: Builtin,
        base: &Ast,
        name: &Ident,
        span: Span,
    ) -> Option<Entity> {
        let value = |kind| Some(Entity::Value(typed(kind, Type::UINT256, span)));
        let members: &[&str] = match (builtin, name.name.as_str()) {
            (Builtin::Block, "number") => return value(Kind::BlockNumber),
            (Builtin::Block, "timestamp") => return value(Kind::BlockTimestamp),
            (Builtin::Block, "basefee") => return value(Kind::BlockBasefee),
            (Builtin::Chain, "id") | (Builtin::Block, "chainid") => return value(Kind::ChainId),
            (Builtin::Abi, "encode") => return Some(Entity::Builtin(Builtin::AbiEncode)),
            (Builtin::Abi, "encodePacked") => {
                return Some(Entity::Builtin(Builtin::AbiEncodePacked));
            }
            (Builtin::Block, _) => &["number", "timestamp", "basefee"],
            (Builtin::Chain, _) => &["id"],
            (Builtin::Abi, _) => &["encode", "encodePacked"],
            _ => &[],
        };
        let diagnostic = Diagnostic::error(name.span, format!("`{base}` has no `{}`", name.name));
        if members.is_empty() {
            return self.report(diagnostic.hint(format!("call it first: `{base}(…)`")));
        }
        let choices: Vec<String> =
            members.iter().map(|member| format!("`{base}.{member}`")).collect();
        self.report(diagnostic.hint(format!("there is {}", choices.join(", "))))
    }

    fn member_of_contract_type(
        &mut self,
        contract: &Arc<Contract>,
        base: &Ast,
        name: &Ident,
    ) -> Option<Entity> {
        if let Some(found) = self.declared_type(contract, base, name)? {
            return Some(found);
        }
        if contract.abi.functions.contains_key(&name.name) {
            let message = format!(
                "`{base}` is a contract type: which contract should `{}` be called on?",
                name.name
            );
            let hint = format!(
                "name a declared contract, or an address: `{base}(address).{}(…)`",
                name.name
            );
            return self.report(Diagnostic::error(base.span, message).hint(hint));
        }
        self.unknown_member(contract, base, name)
    }

    /// A type that can be named through the contract; the outer `None` is a reported error.
    #[expect(clippy::option_option, reason = "reported and absent are different outcomes")]
    fn declared_type(
        &mut self,
        contract: &Contract,
        base: &Ast,
        name: &Ident,
    ) -> Option<Option<Entity>> {
        match self.scope.type_in(contract, &name.name) {
            Ok(found) => Some(found.map(Entity::from)),
            Err(Ambiguous(candidates)) => {
                let candidates: Vec<String> =
                    candidates.iter().map(|name| format!("`{name}`")).collect();
                let message =
                    format!("`{base}.{}` could be {}", name.name, candidates.join(" or "));
                self.error(name.span, message)
            }
        }
    }

    fn member_of_value(
        &mut self,
        value: Typed,
        base: &Ast,
        name: &Ident,
        span: Span,
    ) -> Option<Entity> {
        match &value.ty {
            Type::Address(Some(contract)) => {
                let contract = Arc::clone(contract);
                self.member_of_instance(value, contract, base, name, span)
            }
            Type::Address(None) => self.member_of_address(value, base, name, span),
            Type::Struct(structure) => {
                let structure = Arc::clone(structure);
                self.field(value, &structure, base, name, span).map(Entity::Value)
            }
            Type::Tuple(_) => self.named_result(value, base, name, span).map(Entity::Value),
            Type::Array(..) | Type::Bytes if name.name == "length" => {
                Some(Entity::Value(typed(Kind::Length(Box::new(value)), Type::UINT256, span)))
            }
            Type::Bytes if signature_part(&name.name).is_some() => {
                let (part, ty) = signature_part(&name.name)?;
                Some(Entity::Value(typed(
                    Kind::SignaturePart { of: Box::new(value), part },
                    ty,
                    span,
                )))
            }
            Type::String if name.name == "length" => self.report(
                Diagnostic::error(name.span, "a string has no `length`")
                    .hint(format!("write `bytes({base}).length`")),
            ),
            ty => {
                let message = format!("`{base}` is {ty}, which has no `{}`", name.name);
                self.error(name.span, message)
            }
        }
    }

    fn member_of_instance(
        &mut self,
        value: Typed,
        contract: Arc<Contract>,
        base: &Ast,
        name: &Ident,
        span: Span,
    ) -> Option<Entity> {
        if contract.abi.functions.contains_key(&name.name) {
            return Some(Entity::Method { target: value, contract, name: name.clone() });
        }
        if let Some(found) = self.declared_type(&contract, base, name)? {
            return Some(found);
        }
        if name.name == "balance" {
            return Some(Entity::Value(balance_of(value, span)));
        }
        self.unknown_member(&contract, base, name)
    }

    fn member_of_address(
        &mut self,
        value: Typed,
        base: &Ast,
        name: &Ident,
        span: Span,
    ) -> Option<Entity> {
        if name.name == "balance" {
            return Some(Entity::Value(balance_of(value, span)));
        }
        let diagnostic = Diagnostic::error(
            name.span,
            format!("`{base}` is an address of which no contract is known"),
        );
        let owner = self.scope.contract_with_function(&name.name).unwrap_or("Name");
        self.report(
            diagnostic
                .hint(format!("say which contract lives there: `{owner}({base}).{}`", name.name)),
        )
    }

    fn unknown_member(&mut self, contract: &Contract, base: &Ast, name: &Ident) -> Option<Entity> {
        let kind = if is_in(&contract.abi, &name.name, Item::Event) {
            Some(("an event", "`emits`"))
        } else if is_in(&contract.abi, &name.name, Item::Error) {
            Some(("an error", "`reverts`"))
        } else {
            None
        };
        if let Some((kind, key)) = kind {
            let message = format!("`{base}.{}` is {kind}, which has no value", name.name);
            return self.report(
                Diagnostic::error(name.span, message)
                    .hint(format!("it can be expected with {key}")),
            );
        }
        let diagnostic =
            Diagnostic::error(name.span, format!("`{}` has no `{}`", contract.id.name, name.name));
        if !contract.types_known && name.name.starts_with(char::is_uppercase) {
            let hint = format!(
                "the types of `{}` are not in its artifact: set `ast = true` in foundry.toml and build again, or let \
                 Covenant compile the sources",
                contract.id.name
            );
            return self.report(diagnostic.hint(hint));
        }
        let types = short_type_names(contract);
        let candidates = contract.abi.functions.keys().chain(&types).map(String::as_str);
        self.report(did_you_mean(diagnostic, &format!("{base}."), &name.name, candidates))
    }

    fn enum_member(
        &mut self,
        found: &Arc<EnumType>,
        base: &Ast,
        name: &Ident,
        span: Span,
    ) -> Option<Typed> {
        let number = found.members.iter().position(|member| *member == name.name);
        let Some(number) = number.and_then(|number| u8::try_from(number).ok()) else {
            let diagnostic = Diagnostic::error(
                name.span,
                format!("`{}` has no member `{}`", found.name, name.name),
            );
            let members = found.members.iter().map(String::as_str);
            let mut diagnostic = did_you_mean(diagnostic, &format!("{base}."), &name.name, members);
            if diagnostic.hint.is_none() {
                diagnostic =
                    diagnostic.hint(format!("its members are {}", found.members.join(", ")));
            }
            return self.report(diagnostic);
        };
        let value = Value::Enum(Arc::clone(found), number);
        Some(typed(Kind::Constant(value), Type::Enum(Arc::clone(found)), span))
    }

    /// `type(T).max` and `type(T).min`
    fn limit(&mut self, ty: &Type, name: &Ident, span: Span) -> Option<Typed> {
        let largest = match name.name.as_str() {
            "max" => true,
            "min" => false,
            other => {
                let diagnostic = Diagnostic::error(name.span, format!("a type has no `{other}`"));
                return self.report(diagnostic.hint("there is `max` and `min`"));
            }
        };
        let value = match ty {
            Type::Int(Some(size)) => {
                let (min, max): (BigInt, BigInt) = size.range();
                Value::Int(if largest { max } else { min })
            }
            Type::Enum(found) => {
                let last = u8::try_from(found.members.len().saturating_sub(1)).unwrap_or(u8::MAX);
                Value::Enum(Arc::clone(found), if largest { last } else { 0 })
            }
            _ => return self.error(span, "only integers and enums have limits"),
        };
        Some(typed(Kind::Constant(value), ty.clone(), span))
    }

    fn field(
        &mut self,
        value: Typed,
        structure: &StructType,
        base: &Ast,
        name: &Ident,
        span: Span,
    ) -> Option<Typed> {
        match structure.fields.iter().position(|(field, _)| *field == name.name) {
            Some(index) => {
                let ty = structure.fields[index].1.clone();
                Some(typed(Kind::Field { base: Box::new(value), index }, ty, span))
            }
            None => {
                let message = format!("`{}` has no field `{}`", structure.name, name.name);
                let fields = structure.fields.iter().map(|(field, _)| field.as_str());
                let diagnostic = Diagnostic::error(name.span, message);
                self.report(did_you_mean(diagnostic, &format!("{base}."), &name.name, fields))
            }
        }
    }

    /// One of several values that a function returns, by the name it has in the ABI.
    fn named_result(
        &mut self,
        value: Typed,
        base: &Ast,
        name: &Ident,
        span: Span,
    ) -> Option<Typed> {
        let Type::Tuple(items) = &value.ty else { return None };
        if let Some(index) = items.iter().position(|(item, _)| item.as_deref() == Some(&name.name))
        {
            let ty = items[index].1.clone();
            return Some(typed(Kind::Field { base: Box::new(value), index }, ty, span));
        }
        let names: Vec<&str> = items.iter().filter_map(|(item, _)| item.as_deref()).collect();
        let diagnostic =
            Diagnostic::error(name.span, format!("`{base}` has no value named `{}`", name.name));
        if names.is_empty() {
            let hint = format!("its values have no names; use a number: `{base}[0]`");
            return self.report(diagnostic.hint(hint));
        }
        let diagnostic =
            did_you_mean(diagnostic, &format!("{base}."), &name.name, names.iter().copied());
        let listed = format!("its values are {}", names.join(", "));
        self.report(if diagnostic.hint.is_some() { diagnostic } else { diagnostic.hint(listed) })
    }
}

/// The part of a signature that a member of bytes is.
fn signature_part(name: &str) -> Option<(SignaturePart, Type)> {
    match name {
        "r" => Some((SignaturePart::R, Type::FixedBytes(32))),
        "s" => Some((SignaturePart::S, Type::FixedBytes(32))),
        "v" => Some((SignaturePart::V, Type::Int(Some(IntSize { signed: false, bits: 8 })))),
        _ => None,
    }
}

fn balance_of(value: Typed, span: Span) -> Typed {
    typed(Kind::Balance { token: None, of: Box::new(value) }, Type::UINT256, span)
}

#[derive(Clone, Copy)]
enum Item {
    Event,
    Error,
}

fn is_in(abi: &JsonAbi, name: &str, item: Item) -> bool {
    match item {
        Item::Event => abi.events.contains_key(name),
        Item::Error => abi.errors.contains_key(name),
    }
}
