//! What the timeline tells of what happened, and in which order.

use std::ops::Range;

use crate::model::{Event, Moment, Transaction};

/// Of many rules that fire at one instant, so many are told at the beginning and at the end.
const KEPT: usize = 10;

/// Something to be told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told<'a> {
    /// An event.
    Event(&'a Event),
    /// A transaction that reverted as it should, and nothing about its step failed.
    Expected(&'a Transaction),
    /// Time that passed while other things happened, so it is told where it begins.
    Until {
        /// When it begins.
        from: Moment,
        /// When it ends.
        at: Moment,
    },
    /// The rest of a wait, of which other things that happened are told already.
    More {
        /// In seconds.
        seconds: u64,
        /// When it ends.
        at: Moment,
    },
    /// Firings of rules that are left out.
    Elided {
        /// How many.
        firings: usize,
        /// When.
        at: Moment,
    },
}

/// What is to be told of these events; the times never go back.
pub(super) fn story(events: &[Event]) -> Vec<Told<'_>> {
    let elided = elided(events);
    let mut told: Vec<Told<'_>> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let rest = &events[index + 1..];
        let item = match elided.iter().find(|(range, _)| range.contains(&index)) {
            Some((range, firings)) => {
                (range.start == index).then(|| Told::Elided { firings: *firings, at: begin(event) })
            }
            None => tell(event, told.last().map(|last| last.at()), rest),
        };
        told.extend(item);
    }
    told
}

fn tell<'a>(event: &'a Event, last: Option<Moment>, rest: &[Event]) -> Option<Told<'a>> {
    match event {
        Event::Waited { from, at, .. } => match last {
            // Rules fired while the clock moved, and the wait is told after them.
            Some(last) if last > *from => {
                let seconds = at.0.0.saturating_sub(last.0.0);
                (seconds > 0).then_some(Told::More { seconds, at: *at })
            }
            _ if rest.first().is_some_and(|next| begin(next) < *at) => {
                Some(Told::Until { from: *from, at: *at })
            }
            _ => Some(Told::Event(event)),
        },
        Event::Transaction(transaction)
            if transaction.revert_expected && !fails(&transaction.step, rest) =>
        {
            Some(Told::Expected(transaction))
        }
        _ => Some(Told::Event(event)),
    }
}

/// Whether something about the step failed before its next transaction, if it has one.
fn fails(step: &str, rest: &[Event]) -> bool {
    let again = |event: &&Event| matches!(event, Event::Transaction(next) if next.step == step);
    rest.iter()
        .take_while(|event| !again(event))
        .any(|event| matches!(event, Event::Failed(failure) if failure.step == step))
}

/// Which events are left out, and how many firings of rules they are.
fn elided(events: &[Event]) -> Vec<(Range<usize>, usize)> {
    let mut left_out = Vec::new();
    let mut firings: Vec<usize> = Vec::new();
    let mut instant = None;
    for (index, event) in events.iter().enumerate() {
        if !is_of_a_rule(event) || instant != Some(begin(event)) {
            left_out.extend(middle(&firings));
            firings.clear();
            instant = Some(begin(event));
        }
        if matches!(event, Event::RuleFired { .. }) {
            firings.push(index);
        }
    }
    left_out.extend(middle(&firings));
    left_out
}

/// The events between the first and the last firings.
fn middle(firings: &[usize]) -> Option<(Range<usize>, usize)> {
    let count = firings.len().checked_sub(2 * KEPT)?;
    (count > 0).then(|| (firings[KEPT]..firings[firings.len() - KEPT], count))
}

fn is_of_a_rule(event: &Event) -> bool {
    match event {
        Event::RuleFired { .. } | Event::RuleUnclear { .. } => true,
        Event::Transaction(transaction) => transaction.rule.is_some(),
        _ => false,
    }
}

impl Told<'_> {
    /// The time that stands before it.
    fn at(&self) -> Moment {
        match self {
            Self::Event(Event::Waited { at, .. })
            | Self::More { at, .. }
            | Self::Elided { at, .. } => *at,
            Self::Event(event) => begin(event),
            Self::Expected(transaction) => transaction.at,
            Self::Until { from, .. } => *from,
        }
    }
}

/// When an event begins.
fn begin(event: &Event) -> Moment {
    match event {
        Event::Transaction(transaction) => transaction.at,
        Event::Waited { from, .. } => *from,
        Event::Checked { at, .. }
        | Event::RuleFired { at, .. }
        | Event::RuleUnclear { at, .. }
        | Event::UntilReached { at, .. } => *at,
        Event::Failed(failure) => failure.at,
    }
}

#[cfg(test)]
mod tests {
    use covenant_chain::Timestamp;

    use super::{Told, story};
    use crate::{
        model::{Event, Moment},
        samples,
    };

    fn fired(seconds: u64) -> Event {
        Event::RuleFired {
            step: "rules[0]".to_owned(),
            place: samples::place(9, 1),
            rule: "up".to_owned(),
            at: Moment(Timestamp(samples::START.0 + seconds)),
        }
    }

    #[test]
    fn many_firings_at_one_instant_are_left_out() {
        let events: Vec<Event> = (0..1002).map(|_| fired(0)).chain([fired(1)]).collect();
        let told = story(&events);
        assert_eq!(told.len(), 10 + 1 + 10 + 1);
        assert!(matches!(told[10], Told::Elided { firings: 982, .. }), "{:?}", told[10]);
        assert_eq!(story(&events[..20]).len(), 20);
        let apart: Vec<Event> = (0..100).map(fired).collect();
        assert_eq!(story(&apart).len(), 100);
    }

    #[test]
    fn time_never_goes_back() {
        let wait = samples::passed().events.remove(1);
        for events in [
            vec![wait.clone(), fired(1), fired(86_400)],
            vec![wait.clone(), fired(86_400)],
            vec![fired(1), wait.clone()],
            vec![fired(86_400), wait],
        ] {
            let times: Vec<Moment> = story(&events).iter().map(Told::at).collect();
            assert!(times.is_sorted(), "{times:?}");
        }
    }

    #[test]
    fn nothing_is_as_expected_when_its_step_fails() {
        let mut events = samples::failed().events;
        let Event::Transaction(transaction) = &mut events[0] else { unreachable!("it is one") };
        transaction.revert_expected = true;
        assert!(matches!(story(&events)[0], Told::Event(_)));
        assert!(matches!(story(&events[..1])[0], Told::Expected(_)));
    }
}
