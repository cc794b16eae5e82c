//! The table *who gained what*.

use num_bigint::BigInt;

use super::layout::{left, right, width};
use crate::{
    escape::escape,
    model::{Change, decimal, signed},
    style::{Colour, Paint},
};

/// Below this many wei in every row, the column is in wei: a line of zeros helps nobody.
const SMALL: u64 = 1_000_000_000_000;

/// One column: what each row gained of one asset.
struct Column {
    title: String,
    cells: Vec<String>,
}

/// The table, one row for each party that gained or lost, one column for each asset.
pub(super) fn table(gains: &[Change], colour: Colour) -> String {
    if gains.is_empty() {
        return format!("  {}\n", colour.paint(Paint::Faint, "nobody gained or lost anything"));
    }
    let parties = distinct(gains.iter().map(|gain| gain.party.as_str()));
    let columns: Vec<Column> = distinct(gains.iter().map(|gain| gain.asset.as_str()))
        .into_iter()
        .map(|asset| column(asset, &parties, gains))
        .collect();
    let names: Vec<_> = parties.iter().map(|party| escape(party)).collect();
    let first = names
        .iter()
        .map(|name| width(name))
        .chain([width("who gained what")])
        .max()
        .unwrap_or_default();
    let widths: Vec<usize> = columns
        .iter()
        .map(|column| {
            column
                .cells
                .iter()
                .map(|cell| width(cell))
                .chain([width(&column.title)])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |head: String, cells: Vec<&str>| {
        let cells: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| right(cell, *width)).collect();
        format!("  {}", format!("{head}  {}", cells.join("  ")).trim_end())
    };
    let heading = line(
        left("who gained what", first),
        columns.iter().map(|column| column.title.as_str()).collect(),
    );
    let mut out = format!("{}\n", colour.paint(Paint::Strong, heading));
    for (row, name) in names.iter().enumerate() {
        out.push_str(&line(
            left(name, first),
            columns.iter().map(|column| column.cells[row].as_str()).collect(),
        ));
        out.push('\n');
    }
    out
}

fn column(asset: &str, parties: &[&str], gains: &[Change]) -> Column {
    let of_asset: Vec<&Change> = gains.iter().filter(|gain| gain.asset == asset).collect();
    let is_eth = asset == "ETH";
    let small = is_eth
        && of_asset.iter().all(|gain| gain.amount.0.magnitude() < BigInt::from(SMALL).magnitude());
    let decimals = if small { 0 } else { of_asset.first().map_or(0, |gain| gain.decimals) };
    let title = match (is_eth, small) {
        (true, true) => "wei".to_owned(),
        (true, false) => "ether".to_owned(),
        (false, _) => escape(asset).into_owned(),
    };
    let cells = parties
        .iter()
        .map(|party| match of_asset.iter().find(|gain| gain.party == *party) {
            Some(gain) => signed(decimal(&gain.amount.0, decimals), &gain.amount.0),
            None => "·".to_owned(),
        })
        .collect();
    Column { title, cells }
}

/// Each once, in the order of first appearance; ETH comes first of all.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen.sort_by_key(|name| *name != "ETH");
    seen
}
