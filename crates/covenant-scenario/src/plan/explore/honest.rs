//! What honest play is.

use super::types::{Honest, HonestCall};
use crate::{
    plan::builder::Builder,
    raw::{Entries, RawHonest},
};

impl Builder<'_> {
    /// Checks what honest play is; the outer `None` is an error, the inner one that nothing is said of it.
    pub(super) fn honest(&mut self, raw: &Entries<RawHonest>) -> Option<Option<Vec<Honest>>> {
        let all: Vec<Option<Honest>> = raw
            .iter()
            .map(|(name, raw)| {
                let actor = self.actor_named(name);
                let path = format!("explore.honest.{}", name.value);
                let calls: Vec<Option<HonestCall>> = raw
                    .0
                    .iter()
                    .enumerate()
                    .map(|(index, raw)| {
                        let path = format!("{path}[{index}]");
                        let one = self.one_move(&raw.call, &path);
                        let when = match &raw.when {
                            Some(text) => self.condition(text, &format!("{path}.when")).map(Some),
                            None => Some(None),
                        };
                        Some(HonestCall { one: one?, when: when? })
                    })
                    .collect();
                let calls = calls.into_iter().collect::<Option<_>>();
                Some(Honest { actor: actor?, calls: calls? })
            })
            .collect();
        let all = all.into_iter().collect::<Option<Vec<Honest>>>()?;
        Some((!raw.is_empty()).then_some(all))
    }
}
