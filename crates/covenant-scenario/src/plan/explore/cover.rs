//! What properties need of the rest: claims, someone who acts, rules.

use super::types::{ExplorePlan, Property, PropertyKind};
use crate::{
    expr::ActorId,
    plan::builder::Builder,
    raw::RawScenario,
    source::{Diagnostic, Span},
};

impl Builder<'_> {
    /// Reports properties that nothing could be said about.
    pub(super) fn property_needs(
        &mut self,
        properties: &[Property],
        plan: &ExplorePlan,
        raw: &RawScenario,
    ) {
        for property in properties {
            let span = property.site.span;
            match &property.kind {
                PropertyKind::NoTrappedFunds
                | PropertyKind::Ends
                | PropertyKind::NoUnattributedLoss
                | PropertyKind::ExitGas { .. } => self.needs_claims(property, plan),
                PropertyKind::ExitAlone(actor) | PropertyKind::ExitWithin(actor, _) => {
                    self.needs_claim_of(*actor, span, plan, raw);
                    self.needs_moves_of(*actor, span, plan, raw);
                }
                PropertyKind::ReactionWindow { actor, .. } => {
                    self.needs_moves_of(*actor, span, plan, raw);
                }
                PropertyKind::Rules if raw.rules.is_empty() => {
                    self.diagnostics.push(
                        Diagnostic::error(span, "this scenario has no rules")
                            .hint("this property is about the section `rules:`"),
                    );
                }
                PropertyKind::Incentives if plan.honest.is_none() => {
                    self.diagnostics.push(
                        Diagnostic::error(span, "`incentives` needs to know what honest play is")
                            .hint(
                                "say it under `explore.honest`: `buyer: [escrow.release(terms)]`",
                            ),
                    );
                }
                PropertyKind::Conservation
                | PropertyKind::Incentives
                | PropertyKind::Order
                | PropertyKind::Rules
                | PropertyKind::Always(_)
                | PropertyKind::Never(_)
                | PropertyKind::Reachable(_)
                | PropertyKind::Only { .. }
                | PropertyKind::After { .. } => {}
            }
        }
        self.warn_of_standstill(properties, plan);
    }

    fn needs_claims(&mut self, property: &Property, plan: &ExplorePlan) {
        if plan.claims.is_empty() {
            let message = format!("`{}` needs to know what is whose", property.text);
            self.diagnostics.push(
                Diagnostic::error(property.site.span, message)
                    .hint("say it under `explore.claims`: `buyer: escrow.claimOf(terms, buyer)`"),
            );
        }
    }

    fn needs_claim_of(
        &mut self,
        actor: ActorId,
        span: Span,
        plan: &ExplorePlan,
        raw: &RawScenario,
    ) {
        if plan.claims.iter().any(|claim| claim.actor == actor) {
            return;
        }
        let name = name(actor, raw);
        self.diagnostics.push(
            Diagnostic::error(span, format!("what `{name}` can get out is not known")).hint(
                format!("say it under `explore.claims`: `{name}: escrow.claimOf(terms, {name})`"),
            ),
        );
    }

    fn needs_moves_of(
        &mut self,
        actor: ActorId,
        span: Span,
        plan: &ExplorePlan,
        raw: &RawScenario,
    ) {
        if plan.movers.iter().any(|mover| mover.actor == actor) {
            return;
        }
        let name = name(actor, raw);
        self.diagnostics.push(
            Diagnostic::error(span, format!("`{name}` never acts in this exploration"))
                .hint(format!("add `{name}: free` under `explore.actors`")),
        );
    }

    /// Warns of properties where nobody acts: only time passes.
    fn warn_of_standstill(&mut self, properties: &[Property], plan: &ExplorePlan) {
        let nobody = plan.movers.is_empty() && plan.outsiders.is_none() && plan.assume.is_empty();
        let Some(first) = properties.first().filter(|_| nobody) else { return };
        self.diagnostics.push(
            Diagnostic::warning(
                first.site.span,
                "nobody acts in this exploration: only time passes",
            )
            .hint("say who does: `explore: { actors: { buyer: free } }`"),
        );
    }
}

fn name(actor: ActorId, raw: &RawScenario) -> &str {
    raw.actors.get(actor.0).map_or("", |(name, _)| name.as_str())
}
