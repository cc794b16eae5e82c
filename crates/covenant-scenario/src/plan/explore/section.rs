//! The sections as a whole, claims, and what depends on more than one of them.

use std::sync::Arc;

use super::types::{Claim, DEFAULT_DELAY, ExplorePlan, Limits};
use crate::{
    expr::{Name, Type},
    plan::builder::{Builder, one_line},
    raw::{Entries, RawAmounts, RawExplore, RawScenario},
    source::{Diagnostic, Text},
    world::Asset,
    yaml::brief,
};

/// What ETH is called where assets are named.
pub(super) const ETHER: &str = "ether";

impl Builder<'_> {
    /// Checks both sections; the outer `None` is an error, the inner one a scenario with neither.
    pub(in crate::plan) fn explore(
        &mut self,
        raw: &RawScenario,
    ) -> Option<Option<Arc<ExplorePlan>>> {
        if raw.explore.is_none() && raw.properties.is_empty() {
            return Some(None);
        }
        let section = match &raw.explore {
            Some(explore) => self.explore_section(explore, raw),
            None => Some(ExplorePlan::empty()),
        };
        let properties = self.properties(&raw.properties);
        let section = section?;
        let properties = properties?;
        self.property_needs(&properties, &section, raw);
        Some(Some(Arc::new(ExplorePlan { properties, ..section })))
    }

    /// Checks `explore`; the properties are left out.
    fn explore_section(&mut self, raw: &RawExplore, whole: &RawScenario) -> Option<ExplorePlan> {
        let movers = match &raw.actors {
            Some(actors) => self.movers(&actors.movers),
            None => Some(Vec::new()),
        };
        let outsiders = match raw.actors.as_ref().and_then(|actors| actors.outsiders.as_ref()) {
            Some(outsiders) => self.outsiders(outsiders).map(Some),
            None => Some(None),
        };
        let claims = self.claims(&raw.claims, !whole.tokens.is_empty());
        let assume = self.assumptions(&raw.assume);
        let horizon = raw.horizon.as_ref().map_or(Some(None), |text| self.horizon(text).map(Some));
        let limits =
            raw.limits.as_ref().map_or_else(|| Some(Limits::default()), |raw| self.limits(raw));
        let delay = raw.delay.as_ref().map_or(Some(DEFAULT_DELAY), |text| self.delay(text));
        let dust = raw.dust.as_ref().map_or(Some(Vec::new()), |raw| self.dust(raw));
        let values = self.more_values(&raw.values);
        let honest = self.honest(&raw.honest);
        let gas_price = self.optional_word(raw.gas_price.as_ref());
        Some(ExplorePlan {
            movers: movers?,
            outsiders: outsiders?,
            claims: claims?,
            assume: assume?,
            horizon: horizon?,
            limits: limits?,
            delay: delay?,
            dust: dust?,
            values: values?,
            honest: honest?,
            gas_price: gas_price?,
            properties: Vec::new(),
        })
    }

    fn claims(&mut self, raw: &Entries<RawAmounts>, several_assets: bool) -> Option<Vec<Claim>> {
        let mut claims = Vec::new();
        let mut all_good = true;
        for (name, claim) in raw {
            let path = format!("explore.claims.{}", name.value);
            let checked = match claim {
                RawAmounts::Amount(text) if several_assets => self.of_what(name, text),
                RawAmounts::Amount(text) => {
                    self.claim(name, Asset::Ether, text, &path).map(|claim| vec![claim])
                }
                RawAmounts::ByAsset(assets) => {
                    let each: Vec<Option<Claim>> = assets
                        .iter()
                        .map(|(asset, text)| {
                            let path = format!("{path}.{}", asset.value);
                            let asset = self.asset(asset);
                            self.claim(name, asset.unwrap_or(Asset::Ether), text, &path)
                                .filter(|_| asset.is_some())
                        })
                        .collect();
                    each.into_iter().collect()
                }
            };
            match checked {
                Some(checked) => claims.extend(checked),
                None => all_good = false,
            }
        }
        all_good.then_some(claims)
    }

    fn claim(&mut self, name: &Text, asset: Asset, text: &Text, path: &str) -> Option<Claim> {
        let actor = self.actor_named(name);
        let amount = self.expression(text, Some(&Type::NUMBER));
        Some(Claim {
            actor: actor?,
            asset,
            amount: amount?,
            text: one_line(text.as_str()),
            site: self.site(path, text.span),
        })
    }

    /// Reports a claim that does not say what of, where there is more than ETH.
    fn of_what<T>(&mut self, name: &Text, text: &Text) -> Option<T> {
        let token = self.scope.tokens().first().map_or(ETHER, |token| token).to_owned();
        let claim = one_line(text.as_str());
        let message = format!("of what is this `{}`'s? there are tokens here", name.value);
        let hint =
            format!("write `{}: {{ {token}: \"{claim}\" }}`, or `{ETHER}:` for ETH", name.value);
        // What else is wrong with it is found as well.
        self.actor_named(name);
        self.expression(text, Some(&Type::NUMBER));
        self.error(Diagnostic::error(text.span, message).hint(hint))
    }

    /// The asset of a name: a declared token, or `ether`.
    pub(super) fn asset(&mut self, text: &Text) -> Option<Asset> {
        let name = text.as_str().trim();
        match self.scope.lookup(name) {
            Some(Name::Token(id, _)) => return Some(Asset::Token(*id)),
            None if name == ETHER => return Some(Asset::Ether),
            None if self.scope.has_failed(name) => return None,
            _ => {}
        }
        let known = self.scope.tokens().into_iter().chain([ETHER]);
        let similar = crate::raw::closest(name, known).map(str::to_owned);
        let found = Diagnostic::error(text.span, format!("no token is named `{}`", brief(name)));
        self.error(match similar {
            Some(similar) => found.hint(format!("did you mean `{similar}`?")),
            None => found.hint(format!("declare it under `tokens:`; ETH is called `{ETHER}`")),
        })
    }
}

impl ExplorePlan {
    /// What is explored when nothing is said: nobody acts.
    fn empty() -> Self {
        Self {
            movers: Vec::new(),
            outsiders: None,
            claims: Vec::new(),
            assume: Vec::new(),
            horizon: None,
            limits: Limits::default(),
            delay: DEFAULT_DELAY,
            dust: Vec::new(),
            values: Vec::new(),
            honest: None,
            gas_price: None,
            properties: Vec::new(),
        }
    }
}
