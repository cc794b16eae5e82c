//! Places: a row for each number of moves, and in the gap below it a line for each thing that is done there.

use super::sketch::Sketch;

/// Columns of a letter, in pixels.
pub(super) const LETTER: usize = 7;
/// Height of a line of text.
pub(super) const LINE: usize = 16;
/// Height of a state.
pub(super) const HEIGHT: usize = 2 * LINE + 12;
/// Between two states, and around the picture.
const GAP: usize = 40;

/// Where everything is.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The middle, the top and the width of each state.
    pub(super) states: Vec<(usize, usize, usize)>,
    /// For each arrow the height of its first label.
    pub(super) labels: Vec<usize>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Puts everything somewhere.
pub(super) fn places(sketch: &Sketch) -> Places {
    let widths: Vec<usize> = sketch
        .states
        .iter()
        .map(|state| {
            let longest = sketch.groups[state.group].chars().count().max(state.since.len() + 10);
            longest * LETTER + 24
        })
        .collect();
    let rows = rows(sketch);
    let row_width = |row: &Vec<usize>| row.iter().map(|id| widths[*id] + GAP).sum::<usize>() + GAP;
    let longest = sketch.arrows.iter().flat_map(|arrow| &arrow.labels);
    let longest = longest.map(|label| label.chars().count() * LETTER).max().unwrap_or(0);
    let width = rows.iter().map(row_width).max().unwrap_or(0).max(longest + 2 * GAP);
    let mut states = vec![(0, 0, 0); sketch.states.len()];
    let mut labels = vec![0; sketch.arrows.len()];
    let mut y = GAP + 2 * LINE;
    for row in &rows {
        let mut x = (width - row_width(row)) / 2 + GAP;
        for id in row {
            states[*id] = (x + widths[*id] / 2, y, widths[*id]);
            x += widths[*id] + GAP;
        }
        y += HEIGHT + GAP / 2 + LINE;
        for (index, arrow) in sketch.arrows.iter().enumerate() {
            if row.contains(&arrow.from) {
                labels[index] = y;
                y += LINE * arrow.labels.len() + 4;
            }
        }
        y += GAP / 2;
    }
    Places { states, labels, width: width + GAP, height: y }
}

/// The states by how many moves it takes to get there; each near those that it comes from.
fn rows(sketch: &Sketch) -> Vec<Vec<usize>> {
    let depth = sketch.states.iter().map(|state| state.depth).max().unwrap_or(0);
    let mut rows = vec![Vec::new(); depth + 1];
    for (id, state) in sketch.states.iter().enumerate() {
        rows[state.depth].push(id);
    }
    let mut place = vec![0_usize; sketch.states.len()];
    for row in &mut rows {
        let middle = |id: &usize| {
            let above = sketch.arrows.iter().filter(|arrow| {
                arrow.to == *id && sketch.states[arrow.from].depth < sketch.states[*id].depth
            });
            let above: Vec<usize> = above.map(|arrow| place[arrow.from]).collect();
            (above.iter().sum::<usize>() / above.len().max(1), *id)
        };
        row.sort_by_key(middle);
        for (index, id) in row.iter().enumerate() {
            place[*id] = 1_000 * (index + 1) / (row.len() + 1);
        }
    }
    rows
}
