//! `sign(…)` and `permit(…)`: signatures that actors make.

use covenant_compile::ContractKind;

use super::checker::{Checker, typed};
use crate::{
    expr::{ActorId, Ast, AstKind, Kind, Name, Type, Typed, types::StructType},
    source::{Diagnostic, Span},
};

impl Checker<'_> {
    pub(super) fn sign(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let (actor, message, contract) = match args {
            [actor, message] => (actor, message, None),
            [actor, message, contract] => (actor, message, Some(contract)),
            _ => {
                return self
                    .usage(span, "`sign(actor, struct)` or `sign(actor, struct, contract)`");
            }
        };
        let actor = self.signer(actor);
        let message = self.message(message);
        let contract = match contract {
            Some(contract) => self.contract_address(contract, "the contract of `sign`"),
            None => {
                message.as_ref().and_then(|(_, structure)| self.declaring_instance(structure, span))
            }
        };
        let (message, _) = message?;
        let kind =
            Kind::Sign { actor: actor?, message: Box::new(message), contract: Box::new(contract?) };
        Some(typed(kind, Type::Bytes, span))
    }

    pub(super) fn permit(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let [actor, token, spender, amount, deadline] = args else {
            return self.usage(span, "`permit(actor, token, spender, amount, deadline)`");
        };
        let actor = self.signer(actor);
        let token = self.contract_address(token, "the token of `permit`");
        let spender = self.address(spender, "the spender of `permit`");
        let amount = self.value_as(amount, &Type::UINT256, Some("the amount of `permit`"));
        let deadline = self.value_as(deadline, &Type::UINT256, Some("the deadline of `permit`"));
        let kind = Kind::Permit {
            actor: actor?,
            token: Box::new(token?),
            spender: Box::new(spender?),
            amount: Box::new(amount?),
            deadline: Box::new(deadline?),
        };
        Some(typed(kind, Type::Bytes, span))
    }

    /// The address of a contract; what is known to be an actor is refused.
    fn contract_address(&mut self, ast: &Ast, role: &str) -> Option<Typed> {
        let value = self.address(ast, role)?;
        if matches!(value.kind, Kind::Actor(_)) {
            let message = format!("{role} must be a contract, and `{ast}` is an actor");
            return self.error(ast.span, message);
        }
        Some(value)
    }

    fn signer(&mut self, ast: &Ast) -> Option<ActorId> {
        if let AstKind::Name(name) = &ast.kind
            && let Some(Name::Actor(id)) = self.scope.lookup(name)
        {
            return Some(*id);
        }
        let value = self.value(ast)?;
        let message = format!("only an actor can sign, `{ast}` is {}", value.ty);
        self.error(ast.span, message)
    }

    fn message(&mut self, ast: &Ast) -> Option<(Typed, std::sync::Arc<StructType>)> {
        let value = self.value(ast)?;
        match &value.ty {
            Type::Struct(structure) => {
                let structure = std::sync::Arc::clone(structure);
                Some((value, structure))
            }
            ty => {
                let message = format!("what is signed is a struct, `{ast}` is {ty}");
                self.error(ast.span, message)
            }
        }
    }

    /// The one declared contract whose type, or a base of it, declares the struct.
    fn declaring_instance(&mut self, structure: &StructType, span: Span) -> Option<Typed> {
        let owner = structure.name.rsplit_once('.').map(|(owner, _)| owner);
        let is_library = |owner: &str| {
            self.scope.find(owner).is_ok_and(|found| found.kind == ContractKind::Library)
        };
        let Some(owner) = owner.filter(|owner| !is_library(owner)) else {
            let message = format!(
                "`{}` belongs to no contract, so it is not known whose domain to sign for",
                structure.name
            );
            return self.third_argument(span, message);
        };
        let instances =
            |exact: &dyn Fn(&covenant_compile::Contract) -> bool| -> Vec<(String, Typed)> {
                self.scope
                    .names()
                    .filter_map(|(name, declared)| match declared {
                        Name::Instance(id, contract) if exact(contract) => {
                            let ty = Type::Address(Some(std::sync::Arc::clone(contract)));
                            Some((name.to_owned(), typed(Kind::Instance(*id), ty, span)))
                        }
                        _ => None,
                    })
                    .collect()
            };
        let mut found = instances(&|contract| contract.id.name == owner);
        if found.is_empty() {
            found = instances(&|contract| contract.bases.iter().any(|base| base.name == owner));
        }
        match found.as_slice() {
            [(name, instance)] => {
                self.scope.lookup(name);
                Some(instance.clone())
            }
            [] => {
                let message = format!("no declared contract declares `{}`", structure.name);
                self.third_argument(span, message)
            }
            several => {
                let names: Vec<String> =
                    several.iter().map(|(name, _)| format!("`{name}`")).collect();
                let message =
                    format!("`{}` could be signed for {}", structure.name, names.join(" or "));
                self.third_argument(span, message)
            }
        }
    }

    fn third_argument<T>(&mut self, span: Span, message: String) -> Option<T> {
        self.report(
            Diagnostic::error(span, message)
                .hint("name the contract: `sign(actor, struct, contract)`"),
        )
    }
}
