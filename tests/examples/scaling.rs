//! Explores scenarios that it makes itself, each larger than the one before, and plots how long that takes.
//!
//! `cargo run --release --workspace --example scaling -- FILE.svg` draws the plot and prints a table.

#![expect(clippy::print_stdout, reason = "a program speaks to whoever runs it")]

use std::{fmt::Write as _, fs, path::Path, sync::Arc};

use covenant_compile::bundled;
use covenant_explore::{Options, explore};
use covenant_scenario::{Scenario, plan::Plan};

/// What is made larger.
struct Series {
    name: &'static str,
    colour: &'static str,
    sizes: &'static [u32],
    scenario: fn(u32) -> String,
}

const SERIES: [Series; 3] = [
    Series {
        name: "actors: payees, each with an agreement",
        colour: "#0b6e99",
        sizes: &[1, 2, 3, 4],
        scenario: payees,
    },
    Series {
        name: "windows: rents of a lease, each with its due date",
        colour: "#b4530a",
        sizes: &[1, 2, 3, 4, 6, 8, 10, 12],
        scenario: rents,
    },
    Series {
        name: "amounts: parts that are released or refunded",
        colour: "#4d7c0f",
        sizes: &[1, 2, 4, 8, 16, 32, 64],
        scenario: parts,
    },
];

/// One scenario, explored.
struct Point {
    size: u32,
    states: usize,
    transitions: usize,
    executions: u64,
    seconds: f64,
}

/// Where a series ends, in seconds.
const ENOUGH: f64 = 1.0;

/// What takes less is done again, for the clock of the processor is coarse.
const LEAST: f64 = 0.3;

fn main() {
    let path = std::env::args().nth(1);
    let mut all = Vec::new();
    println!("| what grows | how many | states | transitions | executions | seconds of CPU |");
    println!("|---|---|---|---|---|---|");
    for series in &SERIES {
        let mut points: Vec<Point> = Vec::new();
        for size in series.sizes {
            if points.last().is_some_and(|last| last.seconds > ENOUGH) {
                break;
            }
            let point = explored(*size, &(series.scenario)(*size));
            let Point { states, transitions, executions, seconds, .. } = point;
            let name = series.name;
            println!(
                "| {name} | {size} | {states} | {transitions} | {executions} | {seconds:.3} |"
            );
            points.push(point);
        }
        all.push((series, points));
    }
    if let Some(path) = path {
        fs::write(path, drawn(&all)).expect("the plot can be written");
    }
}

fn explored(size: u32, text: &str) -> Point {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/explore/scaling.yaml");
    let scenario = Scenario::parse(&path, text, &bundled());
    let plan: Arc<Plan> = match scenario {
        Ok(scenario) => Arc::clone(&scenario.plans[0]),
        Err(invalid) => panic!("{invalid}\n{text}"),
    };
    let (began, mut times) = (used(), 0_u32);
    loop {
        let report = explore(&plan, &Options::default(), &mut |_| ());
        let report = report.expect("the engine explores it");
        assert!(report.graph.stopped().is_none(), "it is explored to the end");
        times += 1;
        let all = used() - began;
        if all >= LEAST {
            let (states, transitions) = (report.graph.states(), report.graph.transitions());
            let seconds = all / f64::from(times);
            return Point { size, states, transitions, executions: report.executions, seconds };
        }
    }
}

/// Seconds of processor time that all threads of this process have used: other programs that run meanwhile do not count.
fn used() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("this is Linux");
    let fields = stat.rsplit(')').next().expect("the name of the program is in brackets");
    // The user's time and the kernel's, in hundredths of a second.
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().expect("it is a number")).sum::<f64>() / 100.0
}

fn terms(name: &str, payee: &str) -> String {
    format!(
        "  {name}:\n    Escrow.Terms: {{ payer: payer, payee: {payee}, arbiter: arbiter, feeReceiver: platform, asset: \
         address(0), amount: 10 ether, feeBps: 250, arbiterFeeBps: 500, acceptBy: start + 7 days, performBy: start + 30 \
         days, expiresAt: start + 40 days, reviewWindow: 5 days, rulingWindow: 14 days, expiryBps: 3_000, timeoutBps: \
         5_000, documentHash: bytes32(0), salt: bytes32(0), shares: [] }}\n"
    )
}

fn payees(count: u32) -> String {
    let each = |line: fn(u32) -> String| (1..=count).map(line).collect::<String>();
    let actors = each(|n| format!("  payee{n}: {{}}\n"));
    let lets = each(|n| terms(&format!("terms{n}"), &format!("payee{n}")));
    let steps = each(|n| {
        format!(
            "  - payer: escrow.fund(terms{n})\n    value: 10 ether\n  - payee{n}: escrow.accept(terms{n})\n  - arbiter: \
             escrow.accept(terms{n})\n"
        )
    });
    let payer = each(|n| {
        format!(
            "      - escrow.release(terms{n}, 10 ether)\n      - escrow.dispute(terms{n}, bytes32(0))\n"
        )
    });
    let payees = each(|n| {
        format!(
            "    payee{n}:\n      - escrow.submit(terms{n}, bytes32(0))\n      - escrow.settle(terms{n})\n"
        )
    });
    let arbiter = each(|n| format!("      - escrow.rule(terms{n}, 4_000)\n"));
    format!(
        "scenario: payees\nactors:\n  payer: {{}}\n  arbiter: {{}}\n  platform: {{}}\n{actors}contracts:\n  escrow: {{ \
         deploy: Escrow }}\nlet:\n{lets}steps:\n{steps}explore:\n  actors:\n    payer:\n{payer}{payees}    arbiter:\n\
         {arbiter}"
    )
}

fn parts(count: u32) -> String {
    // Ten ether in as many parts of whole wei.
    let part = 10_000_000_000_000_000_000_u64 / u64::from(count);
    let terms = terms("terms", "payee");
    format!(
        "scenario: parts\nactors: [payer, payee, arbiter, platform]\ncontracts:\n  escrow: {{ deploy: Escrow }}\nlet:\n\
         {terms}steps:\n  - payer: escrow.fund(terms)\n    value: 10 ether\n  - payee: escrow.accept(terms)\n  - arbiter: \
         escrow.accept(terms)\nexplore:\n  actors:\n    payer:\n      - escrow.release(terms, {part})\n      - \
         escrow.dispute(terms, bytes32(0))\n    payee:\n      - escrow.refund(terms, {part})\n      - \
         escrow.submit(terms, bytes32(0))\n      - escrow.settle(terms)\n"
    )
}

fn rents(count: u32) -> String {
    format!(
        "scenario: rents\ninclude: [../lease/_parties.yaml, ../lease/_ether.yaml, ../lease/_terms.yaml]\nlet:\n  begins: \
         date(\"2026-02-01\")\n  periods: {count}\n  periodSeconds: 30 days\n  dueDay: 0\n  proration: \
         Lease.Proration.ActualMonth\n  noticeUnit: Lease.NoticeUnit.Days\n  notice: 30\nsteps:\n  - landlord: \
         lease.sign(terms)\n  - tenant: lease.sign(terms)\n    value: 2 ether\n  - at: begins\nexplore:\n  actors:\n    \
         landlord:\n      - lease.claimDeposit(terms, 2 ether, bytes32(0))\n    tenant:\n      - {{ call: \
         lease.pay(terms), value: 1 ether }}\n      - lease.giveNotice(terms)\n      - lease.settle(terms)\n"
    )
}

/// The plot: states to the right, seconds upwards, both by powers of ten.
fn drawn(all: &[(&Series, Vec<Point>)]) -> String {
    const WIDTH: f64 = 760.0;
    const HEIGHT: f64 = 460.0;
    let x = |states: f64| 70.0 + states.log10() / 6.0 * (WIDTH - 100.0);
    let y =
        |seconds: f64| HEIGHT - 60.0 - (seconds.max(1e-3).log10() + 3.0) / 5.0 * (HEIGHT - 100.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    let mut line = |text: String| writeln!(svg, "{text}").expect("texts can be written to");
    for power in 0..=6 {
        let (at, label) =
            (x(10_f64.powi(power)), ["1", "10", "100", "1 000", "10 000", "100 000", "1 000 000"]);
        let label = label[usize::try_from(power).expect("it counts from zero")];
        line(format!("<path d=\"M{at:.1} 40V{:.1}\" stroke=\"#ddd\"/>", HEIGHT - 60.0));
        line(format!(
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
            HEIGHT - 42.0
        ));
    }
    for (power, label) in (-3..=2).zip(["1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"]) {
        let at = y(10_f64.powi(power));
        line(format!("<path d=\"M70 {at:.1}H{:.1}\" stroke=\"#ddd\"/>", WIDTH - 30.0));
        line(format!("<text x=\"62\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>", at + 4.0));
    }
    line(format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">states</text>",
        WIDTH / 2.0,
        HEIGHT - 18.0
    ));
    for (index, (series, points)) in all.iter().enumerate() {
        let colour = series.colour;
        let place = |point: &Point| (x(point.states as f64), y(point.seconds));
        let way: Vec<String> =
            points.iter().map(place).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        line(format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            way.join(" ")
        ));
        for point in points {
            let (x, y) = place(point);
            line(format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>"));
            line(format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11\" fill=\"{colour}\">{}</text>",
                x + 6.0,
                y + 12.0,
                point.size
            ));
        }
        let legend = 58.0 + 18.0 * index as f64;
        line(format!("<circle cx=\"90\" cy=\"{:.1}\" r=\"4\" fill=\"{colour}\"/>", legend - 4.0));
        line(format!("<text x=\"100\" y=\"{legend:.1}\">{}</text>", series.name));
    }
    svg + "</svg>\n"
}
