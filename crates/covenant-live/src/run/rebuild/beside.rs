//! What was in flight beside a step that failed on the chain.
//!
//! Its nonces come before that of whatever was sent in the failed step's place, and the runner does not get past a step that
//! failed. So it is foreseen once more what the first run foresaw when it sent them together: on a state on which the failed
//! step would not have failed.

use super::{
    super::{
        ahead::Foreseen,
        carrier::{Live, Result},
    },
    search::look_at,
};
use crate::{
    journal::{Forgetting, StepId},
    recover::Found,
    send::Step,
};

/// How many blocks before that of a failed step are tried as the one on which it was simulated.
const BACK: usize = 64;

impl Live {
    /// Writes down what was in flight beside a step that failed: it has the nonces after that one's.
    pub(super) fn seek_beside(&mut self, failed: &Step, at: &Found) -> Result<()> {
        for (nonce, Foreseen { step, described, .. }) in
            (at.nonce + 1..).zip(self.foreseen_beside(&failed.id, at)?)
        {
            let search = self.search.as_ref().expect("only a search seeks");
            // Of two that are the same the one that is earlier in the scenario is the one that was sent first.
            let done_again = search.told(failed.id.position) == Some(Forgetting::Redo)
                && (step.to, step.value, &step.input) == (failed.to, failed.value, &failed.input);
            let known = self.sender.journal().book().step(step.id.position).is_some();
            let Some(found) = search.at(&step, nonce).filter(|_| !done_again && !known) else {
                break;
            };
            let found = found.clone();
            self.described.insert(step.id.position, described);
            self.write_down(&step, &found)?;
        }
        Ok(())
    }

    /// What the first run would have sent together with this step, after it.
    fn foreseen_beside(&mut self, failed: &StepId, at: &Found) -> Result<Vec<Foreseen>> {
        let first = self.search.as_ref().map_or(0, |search| search.first().number);
        let start = self.sender.journal().book().begun().start;
        for number in (first..at.block.number).rev().take(BACK) {
            let block = look_at(self.sender.client(), number)?.block;
            let here = self.state_after(block)?;
            let Some(ahead) = &self.ahead else { break };
            let mut foreseen = ahead.foresee(start, here, failed.position, &self.names).into_iter();
            if foreseen.next().is_some_and(|step| step.step.id == *failed) {
                return Ok(foreseen.collect());
            }
        }
        Ok(Vec::new())
    }
}
