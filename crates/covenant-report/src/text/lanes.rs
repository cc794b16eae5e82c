//! A story, drawn: a lane for each actor who acts, time from top to bottom.

use num_bigint::BigInt;

use super::{
    layout::{left, painted, right, width},
    timeline::change,
};
use crate::{
    escape::{escape, shorten},
    model::{BalancePair, Moment, Reply, Story, TriedMove, Useless, decimal, ether, signed, span},
    style::{Colour, Paint},
};

/// Most columns of a name.
const NAME_WIDTH: usize = 16;
/// Most columns of what was done.
const ACTION_WIDTH: usize = 72;
/// Most columns of what is said of the last moment.
const CHANCE_WIDTH: usize = 120;

/// The acts of a story in their lanes, what is wrong at its end, and who has what then.
pub(super) fn lanes(story: &Story, colour: Colour) -> String {
    let drawing = Drawing::of(story, colour);
    let mut out = drawing.heading();
    let mut last = story.starts;
    out.push_str(&drawing.row(story.starts, None, None, "exploration begins", ""));
    for (number, act) in story.acts.iter().enumerate() {
        if let Some(row) = drawing.last_chance(story, number, last) {
            out.push_str(&row);
            last = story.last_chance.as_ref().map_or(last, |chance| chance.at);
        }
        let lane = drawing.names.iter().position(|name| *name == act.actor);
        let changes = if act.succeeded {
            act.changes.iter().map(change).collect::<Vec<_>>().join(", ")
        } else {
            "in vain".to_owned()
        };
        let action = escape(&act.action);
        let action = left(&shorten(&action, ACTION_WIDTH), drawing.action);
        let action = if changes.is_empty() { action.trim_end().to_owned() } else { action };
        out.push_str(&drawing.row(act.at, Some(last), lane, &action, &changes));
        last = act.at;
    }
    if let Some(row) = drawing.last_chance(story, story.acts.len(), last) {
        out.push_str(&row);
        last = story.last_chance.as_ref().map_or(last, |chance| chance.at);
    }
    let paint = match story.kind {
        crate::model::StoryKind::Counterexample => Paint::Bad,
        crate::model::StoryKind::Witness => Paint::Good,
    };
    let what = colour.paint(paint, escape(&story.what));
    out.push_str(&drawing.row(story.ends, Some(last), None, &what, ""));
    if !story.tried.is_empty() {
        out.push('\n');
        out.push_str(&tried(&story.tried, story.ends, colour));
    }
    if !story.balances.is_empty() {
        out.push('\n');
        out.push_str(&balances(&story.balances, colour));
    }
    out
}

/// More moves of which each is of no use are not listed.
const MOST_TRIED: usize = 12;

/// What can still be tried, and why it is of no use.
fn tried(all: &[TriedMove], ends: Moment, colour: Colour) -> String {
    let heading = "what could still be tried, and why it is of no use";
    let mut out = format!("    {}\n", colour.paint(Paint::Faint, heading));
    let actions: Vec<String> =
        all.iter().map(|one| shorten(&escape(&one.action), ACTION_WIDTH).into_owned()).collect();
    let columns = actions.iter().take(MOST_TRIED).map(|action| width(action)).max().unwrap_or(0);
    for (one, action) in all.iter().zip(&actions).take(MOST_TRIED) {
        let why = reason(one, ends);
        let why = shorten(&why, CHANCE_WIDTH).into_owned();
        out.extend([format!("      {}   {why}\n", left(action, columns))]);
    }
    if all.len() > MOST_TRIED {
        out.extend([format!("      and {} more\n", all.len() - MOST_TRIED)]);
    }
    out
}

/// Why a move is of no use, in words; `ends` is when it is known.
pub(crate) fn reason(one: &TriedMove, ends: Moment) -> String {
    let later = one.at.filter(|at| *at != ends).map(|at| at.aligned().trim().to_owned());
    let after = |what: &str| match &later {
        Some(at) => format!("from {at} on, but {what}"),
        None => what.to_owned(),
    };
    match one.why {
        Useless::Foiled => {
            let reply =
                |reply: &Reply| format!("{} `{}`", escape(&reply.actor), escape(&reply.action));
            let first: Vec<String> = one.first.iter().map(reply).collect();
            after(&format!("first comes {}", first.join(", then ")))
        }
        Useless::Caught => after("it leads to where there is no way out either"),
        Useless::Late => match &later {
            Some(at) => format!("not before {at}, which is too late"),
            None => "comes too late".to_owned(),
        },
        Useless::Fails => "fails, however long one waits".to_owned(),
    }
}

struct Drawing<'a> {
    colour: Colour,
    /// Who acts, in the order in which they first do.
    names: Vec<&'a str>,
    shown: Vec<String>,
    /// Columns of the times, of the spans and of what was done.
    time: usize,
    span: usize,
    action: usize,
}

impl<'a> Drawing<'a> {
    fn of(story: &'a Story, colour: Colour) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for act in &story.acts {
            if !names.contains(&act.actor.as_str()) {
                names.push(&act.actor);
            }
        }
        let shown = names.iter().map(|name| shorten(&escape(name), NAME_WIDTH).into_owned());
        let moments = || {
            [story.starts]
                .into_iter()
                .chain(story.acts.iter().map(|act| act.at))
                .chain([story.ends])
        };
        let spans = moments().zip(moments().skip(1)).map(|(from, to)| passed(from, to).len());
        let actions = story.acts.iter().map(|act| width(&escape(&act.action)).min(ACTION_WIDTH));
        Self {
            colour,
            shown: shown.collect(),
            names,
            time: moments().map(|moment| moment.aligned().len()).max().unwrap_or(0),
            span: spans.max().unwrap_or(0),
            action: actions.max().unwrap_or(0),
        }
    }

    fn heading(&self) -> String {
        if self.names.is_empty() {
            return String::new();
        }
        let blank = " ".repeat(self.time + 2 + self.span);
        let names: Vec<String> =
            self.shown.iter().map(|name| self.colour.paint(Paint::Call, name)).collect();
        format!("    {blank}  {}\n", names.join("  "))
    }

    /// Up to here somebody could still have got out, if that is so after so many acts.
    fn last_chance(&self, story: &Story, acts: usize, last: Moment) -> Option<String> {
        let chance = story.last_chance.as_ref().filter(|chance| chance.after_acts == acts)?;
        let how = match chance.moves.as_slice() {
            [] => String::new(),
            moves => {
                let moves: Vec<String> = moves.iter().map(|it| format!("`{it}`")).collect();
                format!(", by {}", moves.join(" or "))
            }
        };
        let text = format!("the last moment at which {} could still act{how}", chance.actor);
        let text = self.colour.paint(Paint::Odd, shorten(&escape(&text), CHANCE_WIDTH));
        Some(self.row(chance.at, Some(last), None, &text, ""))
    }

    /// A row: when, how long after the one before, who, what, and what it changed.
    fn row(
        &self,
        at: Moment,
        since: Option<Moment>,
        lane: Option<usize>,
        what: &str,
        changes: &str,
    ) -> String {
        let passed = since.map_or_else(String::new, |since| passed(since, at));
        let lanes: Vec<String> = self
            .shown
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let columns = width(name);
                let before = " ".repeat((columns.saturating_sub(1)) / 2);
                let after = " ".repeat(columns.saturating_sub(1) - before.len());
                let (mark, paint) =
                    if Some(index) == lane { ("●", Paint::Call) } else { ("│", Paint::Faint) };
                format!("{before}{}{after}", self.colour.paint(paint, mark))
            })
            .collect();
        let gap = if lanes.is_empty() { "" } else { "   " };
        let line = format!(
            "    {}  {}  {}{gap}{what}   {changes}",
            painted(self.colour, Paint::Faint, &at.aligned(), self.time),
            right(&passed, self.span),
            lanes.join("  "),
        );
        format!("{}\n", line.trim_end())
    }
}

/// `+3 days`; nothing where no time passes.
fn passed(from: Moment, to: Moment) -> String {
    match to.0.0.saturating_sub(from.0.0) {
        0 => String::new(),
        seconds => format!("+{}", span(seconds)),
    }
}

/// Who has what before and after, with the difference.
fn balances(pairs: &[BalancePair], colour: Colour) -> String {
    let is_owed =
        pairs.iter().any(|pair| pair.owed.as_ref().is_some_and(|it| it.0 != BigInt::ZERO));
    let mut head = ["who has what", "before", "after", ""].map(ToOwned::to_owned).to_vec();
    head.extend(is_owed.then(|| "and is owed".to_owned()));
    let rows = pairs.iter().map(|pair| {
        let amount = |amount: &BigInt| {
            if pair.asset == "ETH" {
                ether(amount)
            } else {
                format!("{} {}", decimal(amount, pair.decimals), escape(&pair.asset))
            }
        };
        let difference = &pair.after.0 - &pair.before.0;
        let party = shorten(&escape(&pair.party), NAME_WIDTH).into_owned();
        let is_same = difference == BigInt::ZERO;
        let change = if is_same { String::new() } else { signed(amount(&difference), &difference) };
        let mut row = vec![party, amount(&pair.before.0), amount(&pair.after.0), change];
        let claim = pair.owed.as_ref().map(|claim| amount(&claim.0)).unwrap_or_default();
        row.extend(is_owed.then_some(claim));
        row
    });
    let rows: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let columns: Vec<usize> = (0..rows[0].len()).map(widest).collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&columns).skip(1);
        let cells: Vec<String> = cells.map(|(cell, columns)| right(cell, *columns)).collect();
        format!("    {}  {}", left(&row[0], columns[0]), cells.join("  ")).trim_end().to_owned()
    };
    let mut out = format!("{}\n", colour.paint(Paint::Strong, line(&rows[0])));
    for row in &rows[1..] {
        out.push_str(&line(row));
        out.push('\n');
    }
    out
}
