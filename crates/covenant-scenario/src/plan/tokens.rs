//! The `tokens:` section.

use std::sync::Arc;

use covenant_compile::{Build, Contract, ContractKind};
use num_traits::ToPrimitive;

use super::{builder::Builder, types::TokenPlan};
use crate::{
    expr::{Name, TokenId, Type, Value, check},
    raw::{Entries, RawScenario, RawToken},
    source::{Diagnostic, Text},
};

/// Where the bundled tokens are.
const FOLDER: &str = "src/tokens/";
/// The one that is meant when nothing is said.
const PLAIN: &str = "test";
const DEFAULT_DECIMALS: u8 = 18;

impl Builder<'_> {
    /// Declares tokens, and finds the bundled contract that each of them is.
    pub(super) fn declare_tokens(&mut self, raw: &RawScenario) -> Vec<Option<Arc<Contract>>> {
        let mut contracts = Vec::new();
        for (index, (name, token)) in raw.tokens.iter().enumerate() {
            let contract = self.token_contract(name, token.like.as_ref());
            match &contract {
                Some(contract) => {
                    self.declare(name, Name::Token(TokenId(index), Arc::clone(contract)))
                }
                None => self.scope.declare_failed(name.as_str()),
            }
            contracts.push(contract);
        }
        contracts
    }

    fn token_contract(&mut self, name: &Text, like: Option<&Text>) -> Option<Arc<Contract>> {
        let wanted = like.map_or(PLAIN, |like| like.as_str().trim());
        let kinds = kinds(&self.input.bundled);
        if let Some((_, contract)) = kinds.iter().find(|(kind, _)| kind == wanted) {
            return Some(Arc::clone(contract));
        }
        let span = like.map_or(name.span, |like| like.span);
        let known: Vec<&str> = kinds.iter().map(|(kind, _)| kind.as_str()).collect();
        self.error(
            Diagnostic::error(span, format!("there is no bundled token like `{wanted}`"))
                .hint(format!("one of {}", known.join(", "))),
        )
    }

    /// Checks tokens.
    pub(super) fn tokens(
        &mut self,
        raw: &Entries<RawToken>,
        contracts: Vec<Option<Arc<Contract>>>,
    ) -> Option<Vec<TokenPlan>> {
        let tokens: Vec<Option<TokenPlan>> = raw
            .iter()
            .zip(contracts)
            .map(|((name, token), contract)| self.token(name, token, contract?))
            .collect();
        tokens.into_iter().collect()
    }

    fn token(&mut self, name: &Text, raw: &RawToken, contract: Arc<Contract>) -> Option<TokenPlan> {
        let decimals =
            raw.decimals.as_ref().map_or(Some(DEFAULT_DECIMALS), |text| self.decimals(text));
        let mut mint = Vec::new();
        for (actor, amount) in &raw.mint {
            let actor = self.actor_named(actor);
            let amount = self.expression(amount, Some(&Type::UINT256));
            mint.push((actor?, amount?));
        }
        let words = |text: &Option<Text>, default: String| {
            text.as_ref().map_or(default, |text| text.value.clone())
        };
        Some(TokenPlan {
            name: name.as_str().into(),
            contract,
            title: words(&raw.name, name.value.clone()),
            symbol: words(&raw.symbol, name.value.to_uppercase()),
            decimals: decimals?,
            mint,
            site: self.site(format!("tokens.{}", name.value), name.span),
        })
    }

    fn decimals(&mut self, text: &Text) -> Option<u8> {
        let typed = self.expression(text, Some(&Type::NUMBER))?;
        match check::known(&typed, &self.scope) {
            Some(Value::Int(decimals)) if decimals.to_u8().is_some() => decimals.to_u8(),
            _ => self.error(Diagnostic::error(text.span, "decimals are a number from 0 to 255")),
        }
    }
}

/// The bundled tokens by the names that `like:` knows them by: `FeeOnTransferToken` is `fee-on-transfer`.
fn kinds(bundled: &Build) -> Vec<(String, Arc<Contract>)> {
    bundled
        .contracts
        .values()
        .filter(|contract| {
            contract.kind == ContractKind::Contract && contract.id.file.contains(FOLDER)
        })
        .map(|contract| (kebab(contract.id.name.trim_end_matches("Token")), Arc::clone(contract)))
        .collect()
}

/// `FeeOnTransfer` as `fee-on-transfer`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn names_are_split_at_capitals() {
        assert_eq!(kebab("FeeOnTransfer"), "fee-on-transfer");
        assert_eq!(kebab("Plain"), "plain");
    }
}
