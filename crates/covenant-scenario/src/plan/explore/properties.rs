//! What must be so.

use super::types::{Property, PropertyKind};
use crate::{
    expr::{Place, check},
    plan::{
        Condition,
        builder::{Builder, one_line},
    },
    raw::RawProperty,
    source::{Diagnostic, Text},
};

impl Builder<'_> {
    /// Checks properties in order.
    pub(super) fn properties(&mut self, raw: &[RawProperty]) -> Option<Vec<Property>> {
        let checked: Vec<Option<Property>> = raw
            .iter()
            .enumerate()
            .map(|(index, raw)| self.property(raw, &format!("properties[{index}]")))
            .collect();
        let checked = checked.into_iter().collect::<Option<Vec<Property>>>()?;
        self.warn_of_repetitions(&checked);
        Some(checked)
    }

    fn property(&mut self, raw: &RawProperty, path: &str) -> Option<Property> {
        let on_a_state = |this: &mut Self, text: &Text, wrap: fn(Condition) -> PropertyKind| {
            this.condition(text, path).map(wrap)
        };
        let line = |key: &str, text: &Text| format!("{key}: {}", one_line(text.as_str())).into();
        let (kind, text, span) = match raw {
            RawProperty::Words(text) => (self.phrase(text), one_line(text.as_str()), text.span),
            RawProperty::Always(text) => {
                (on_a_state(self, text, PropertyKind::Always), line("always", text), text.span)
            }
            RawProperty::Never(text) => {
                (on_a_state(self, text, PropertyKind::Never), line("never", text), text.span)
            }
            RawProperty::Reachable(text) => {
                let kind = on_a_state(self, text, PropertyKind::Reachable);
                (kind, line("reachable", text), text.span)
            }
            RawProperty::After { call, then, .. } => {
                let kind = self.after_call(call, then, path);
                let (call_line, then_line) = (one_line(call.as_str()), one_line(then.as_str()));
                (kind, format!("after: {call_line}, then: {then_line}").into(), call.span)
            }
        };
        Some(Property { kind: kind?, text, site: self.site(path, span) })
    }

    fn after_call(&mut self, call: &Text, then: &Text, path: &str) -> Option<PropertyKind> {
        let pattern = match self.parse(call) {
            Some(ast) => check::call_pattern(&ast, &self.scope, &mut self.diagnostics),
            None => None,
        };
        let condition = self.condition_at(then, &format!("{path}.then"), Place::Transition);
        let (call, condition) = (pattern?, condition?);
        let attempts = self.parse(then)?.free_names().contains("succeeded");
        Some(PropertyKind::After { call, then: condition, attempts })
    }

    fn warn_of_repetitions(&mut self, properties: &[Property]) {
        for (index, property) in properties.iter().enumerate() {
            let first = properties[..index].iter().find(|first| first.text == property.text);
            if let Some(first) = first {
                self.diagnostics.push(
                    Diagnostic::warning(property.site.span, "this property is here twice")
                        .related(first.site.span, "the first one"),
                );
            }
        }
    }
}
