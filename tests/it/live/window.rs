//! Several steps in flight at once on a network whose clock is its own, and what keeps them apart.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use alloy_primitives::{Address, address};
use serde_json::{Value, json};

use super::project::{Project, stderr, stdout};
use crate::{
    binary::transcript,
    nodes::{Asking, Fate, Kind, Proxy, Question, RunningNode},
};

/// Who deploys, and `landlord`.
pub(super) const DEPLOYER: Address = address!("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
pub(super) const TENANT: Address = address!("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");

/// A network that is known to take several of one account.
const SEA: &str = "
[networks.sea]
rpc = '${TOWN_RPC}'
chain_id = 11155111
[networks.sea.actors]
deployer = { env = \"LANDLORD_KEY\" }
landlord = { env = \"LANDLORD_KEY\" }
tenant = { env = \"TENANT_KEY\" }
";

/// Six contracts that have nothing to do with each other, and four calls, of which the last one needs the first.
pub(super) const COINS: &str = r#"
scenario: coins
actors: [landlord, tenant]
contracts:
  a: { deploy: TestToken, args: ['"a"', '"A"', 18] }
  b: { deploy: TestToken, args: ['"b"', '"B"', 18] }
  c: { deploy: TestToken, args: ['"c"', '"C"', 18] }
  d: { deploy: TestToken, args: ['"d"', '"D"', 18] }
  e: { deploy: TestToken, args: ['"e"', '"E"', 18] }
  f: { deploy: TestToken, args: ['"f"', '"F"', 18] }
steps:
  - tenant: a.mint(landlord, 1)
  - tenant: b.mint(landlord, 2)
  - tenant: c.mint(landlord, 3)
  - tenant: a.mint(landlord, 4)
ensures:
  - a.balanceOf(landlord) == 5
  - b.balanceOf(landlord) + c.balanceOf(landlord) == 5
  - gained(tenant) == 0
  - gained(landlord) == 0
"#;

/// How many transactions there are.
pub(super) const SENT: [u64; 2] = [6, 4];

/// A node that makes blocks when it is told to.
pub(super) fn node() -> RunningNode {
    let node = RunningNode::start_with(Kind::Anvil, &["--chain-id", "11155111", "--no-mining"]);
    // A block a second until now, by which it is known how often to look.
    node.asking().ask("anvil_mine", &json!(["0x8", "0x1"]));
    node
}

/// Makes a block at every third look, so that what is sent at one look is in one block; `at_send` decides about the
/// transactions, counted from 1.
pub(super) fn sea(
    node: &RunningNode,
    mut at_send: impl FnMut(usize, &Question, &mut Asking) -> Option<Fate> + Send + 'static,
) -> Proxy {
    let (mut looks, mut sent) = (0_usize, 0);
    Proxy::before(node, move |question, node| {
        if question.is_look() {
            looks += 1;
            if looks.is_multiple_of(3) {
                node.mine();
            }
        }
        if question.method == "eth_sendRawTransaction" {
            sent += 1;
            if let Some(fate) = at_send(sent, question, node) {
                return fate;
            }
        }
        question.pass_on(node)
    })
}

pub(super) fn project(scenario: &str) -> Project {
    let project = Project::new("http://127.0.0.1:1");
    let file = project.path("covenant.toml");
    let text = fs::read_to_string(file).expect("it was written");
    project.write("covenant.toml", &format!("{text}{SEA}"));
    project.write("coins.yaml", scenario);
    project
}

pub(super) fn command(project: &Project, url: &str, args: &[&str]) -> Command {
    let mut command = project.command(&[args, &["--network", "sea"]].concat());
    command.env("TOWN_RPC", url);
    command
}

#[track_caller]
pub(super) fn ends(project: &Project, url: &str, args: &[&str], code: i32) -> Output {
    let output = command(project, url, args).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(code), "{}", transcript(&output));
    output
}

/// How many transactions each block has that has any.
pub(super) fn blocks(node: &RunningNode) -> Vec<usize> {
    let mut asking = node.asking();
    let head = asking.number("eth_blockNumber", &json!([]));
    let mut count = |number: u64| {
        let block = asking.ask("eth_getBlockByNumber", &json!([format!("{number:#x}"), false]));
        block["transactions"].as_array().map_or(0, Vec::len)
    };
    (0..=head).map(&mut count).filter(|count| *count > 0).collect()
}

pub(super) fn nonces(node: &RunningNode) -> [u64; 2] {
    [DEPLOYER, TENANT].map(|account| node.asking().nonce(account))
}

/// What the journal says was signed: names and hashes.
pub(super) fn signed(project: &Project) -> Vec<(String, String)> {
    let file = project.path("deployments/11155111/coins.jsonl");
    let text = fs::read_to_string(file).expect("it was begun");
    let mut all = Vec::new();
    collect(&text, &mut all);
    all
}

fn collect(text: &str, all: &mut Vec<(String, String)>) {
    for line in text.lines() {
        let start = line.find(['{', '[']).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(&line[start..]).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            dig(&value, all);
        }
    }
}

fn dig(value: &Value, all: &mut Vec<(String, String)>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| dig(value, all)),
        Value::Object(fields) => {
            if fields.get("type") == Some(&json!("signed")) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                all.push((text(&value["step"]["name"]), text(&value["hash"])));
            }
            fields.values().for_each(|value| dig(value, all));
        }
        _ => {}
    }
}

#[test]
fn what_has_nothing_to_do_with_each_other_is_in_one_block() {
    let node = node();
    let proxy = sea(&node, |_, _, _| None);
    let project = project(COINS);
    let output = ends(&project, proxy.url(), &["run", "coins.yaml", "--yes"], 0);
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
    assert_eq!(blocks(&node), [6, 3, 1]);
    assert_eq!(nonces(&node), SENT);
    // Whoever goes on with what is done has the same to say, and sends nothing.
    let again = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 0);
    assert!(stderr(&again).contains("no difference"), "{}", transcript(&again));
    assert_eq!(stdout(&again), stdout(&output));
    assert_eq!(nonces(&node), SENT);
}

#[test]
fn what_needs_another_waits_until_that_is_confirmed() {
    let node = node();
    let proxy = sea(&node, |_, _, _| None);
    let scenario = "
scenario: coins
actors: [landlord, tenant]
contracts:
  coin: { deploy: TestToken, args: ['\"a\"', '\"A\"', 18] }
  second: { deploy: SecondAddress, args: [coin] }
  other: { deploy: TestToken, args: ['\"b\"', '\"B\"', 18] }
steps:
  - tenant: coin.mint(tenant, 3)
  - tenant: coin.transfer(landlord, 3)
  - landlord: coin.transfer(tenant, coin.balanceOf(landlord))
  - tenant: transfer(landlord, 5)
    expect: { changes: { tenant: -5, landlord: 5 } }
  - tenant: coin.mint(landlord, 1)
ensures:
  - coin.balanceOf(tenant) == 3
";
    let project = project(scenario);
    let output = ends(&project, proxy.url(), &["run", "coins.yaml", "--yes"], 0);
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
    // The second address is one of the coin; the other coin has nothing to do with either. Of the steps each needs the one before it, or is by
    // somebody else, or comes after something that is looked at.
    assert_eq!(blocks(&node), [1, 2, 1, 1, 1, 1, 1]);
}

#[test]
fn one_at_a_time_where_no_more_may_wait() {
    let node = node();
    let proxy = sea(&node, |_, _, _| None);
    let project = project(COINS);
    let file = project.path("covenant.toml");
    let text = fs::read_to_string(file).expect("it was written");
    project.write(
        "covenant.toml",
        &text.replace("chain_id = 11155111", "chain_id = 11155111\nwindow = 1"),
    );
    ends(&project, proxy.url(), &["run", "coins.yaml", "--yes"], 0);
    assert_eq!(blocks(&node), [1; 10]);
}

/// The contract that the second call is to.
fn second() -> Address {
    DEPLOYER.create(1)
}

/// A run whose second call has failed, while the third was in flight beside it.
struct Failed {
    node: RunningNode,
    proxy: Proxy,
    project: Project,
    /// The second contract as it should be.
    code: Value,
}

impl Failed {
    fn new(scenario: &str) -> Self {
        let node = node();
        let code = Arc::new(Mutex::new(Value::Null));
        let kept = Arc::clone(&code);
        let proxy = sea(&node, move |sent, _, node| {
            // The first call is on its way, and the second contract is no more what it was when both were simulated.
            if sent == 7 {
                *kept.lock().expect("nobody panics") =
                    node.ask("eth_getCode", &json!([second(), "latest"]));
                node.ask("anvil_setCode", &json!([second(), "0xfe"]));
            }
            None
        });
        let project = project(scenario);
        // It was no transaction that changed it, so what it did is a difference too.
        let output = ends(&project, proxy.url(), &["run", "coins.yaml", "--yes"], 6);
        assert!(stdout(&output).contains("b.mint(landlord, 2)"), "{}", transcript(&output));
        // The third was in flight beside it and is done; the fourth was never signed.
        assert_eq!(nonces(&node), [6, 3]);
        let code = code.lock().expect("nobody panics").clone();
        Self { node, proxy, project, code }
    }

    fn ends(&self, args: &[&str], code: i32) -> Output {
        ends(&self.project, self.proxy.url(), args, code)
    }

    /// It stays so, and nothing more is sent.
    fn stays(&self, code: i32) {
        self.ends(&["run", "coins.yaml", "--continue"], code);
        assert_eq!(nonces(&self.node), [6, 3]);
    }

    /// It is done again once it can be; the rest follows, and what was done is not done twice. What the transaction that
    /// failed has cost is no part of what the tenant gained, who has so many calls.
    fn is_done_again(&self, sent: u64) {
        self.node.asking().ask("anvil_setCode", &json!([second(), self.code]));
        let go_on = ["run", "coins.yaml", "--continue", "--redo", "8"];
        let output = self.ends(&go_on, 0);
        assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
        assert_eq!(nonces(&self.node), [6, sent + 1]);
        self.is_done(sent);
    }

    fn is_done(&self, sent: u64) {
        let again = self.ends(&["run", "coins.yaml", "--continue"], 0);
        assert!(stderr(&again).contains("no difference"), "{}", transcript(&again));
        assert_eq!(nonces(&self.node), [6, sent + 1]);
    }

    fn loses_its_journal(&self) {
        fs::remove_dir_all(self.project.path("deployments")).expect("something was begun");
    }
}

/// Without what comes after the third call.
fn shorter() -> String {
    let shorter = COINS.replace("  - tenant: a.mint(landlord, 4)\n", "");
    shorter.replace("(landlord) == 5\n  - b.", "(landlord) == 1\n  - b.")
}

#[test]
fn a_step_that_fails_on_the_chain_ends_the_run_and_nothing_is_lost() {
    let failed = Failed::new(COINS);
    let names: BTreeSet<String> =
        signed(&failed.project).into_iter().map(|(name, _)| name).collect();
    assert!(names.contains("c.mint(landlord, 3)") && !names.contains("a.mint(landlord, 4)"));
    let status = stdout(&failed.ends(&["status", "coins.yaml"], 0));
    assert!(status.contains("c.mint(landlord, 3)"), "{status}");
    failed.stays(6);
    failed.is_done_again(4);
}

/// The state at the end is that after the last transaction, although it is not the last step's.
#[test]
fn what_is_done_again_after_everything_else_counts_in_the_end() {
    let failed = Failed::new(&shorter());
    failed.stays(6);
    failed.is_done_again(3);
}

#[test]
fn a_lost_journal_is_rebuilt_where_a_step_failed_beside_others() {
    for (scenario, sent) in [(COINS, 4), (&shorter(), 3)] {
        let failed = Failed::new(scenario);
        // Which step is at the nonce after the failed one's is known, although the runner does not get there.
        failed.loses_its_journal();
        let text = stdout(&failed.ends(&["recover", "coins.yaml"], 0));
        assert!(text.starts_with("9 transactions of the scenario"), "{text}");
        assert!(!text.contains("none of its steps"), "{text}");
        let names: Vec<String> = signed(&failed.project).into_iter().map(|it| it.0).collect();
        assert_eq!(names[7..], ["b.mint(landlord, 2)", "c.mint(landlord, 3)"]);
        // What the first run had read of the state in front of it is lost too, and the node has it only as it is now.
        failed.stays(3);
        failed.is_done_again(sent);
        // And after it was done again, which only people can know.
        failed.loses_its_journal();
        let text = stderr(&failed.ends(&["recover", "coins.yaml"], 6));
        assert!(text.contains("did it again, say so with `--redo 8`"), "{text}");
        let text = stdout(&failed.ends(&["recover", "coins.yaml", "--redo", "8"], 0));
        assert!(text.starts_with(&format!("{} transactions", 6 + sent + 1)), "{text}");
        assert!(text.contains("all of its steps were sent"), "{text}");
        failed.is_done(sent);
    }
}

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Its transaction has not arrived.
    BeforeSending,
    /// Its transaction has arrived, and it does not know that.
    BeforeTheAnswer,
}

/// Runs the coins until the process dies with its n-th transaction.
pub(super) fn dies(node: &RunningNode, dies_with: usize, moment: Moment) -> (Project, Proxy) {
    let victim = Arc::new(AtomicU32::new(0));
    let process = Arc::clone(&victim);
    let proxy = sea(node, move |sent, question, node| {
        if sent != dies_with {
            return None;
        }
        if moment == Moment::BeforeTheAnswer {
            question.pass_on(node);
        }
        let victim = process.load(Ordering::SeqCst).to_string();
        let killed = Command::new("kill").args(["-9", &victim]).status();
        assert!(killed.expect("there is a `kill`").success());
        Some(Fate::Broken)
    });
    let project = project(COINS);
    let mut command = command(&project, proxy.url(), &["run", "coins.yaml", "--yes"]);
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    victim.store(child.id(), Ordering::SeqCst);
    assert_eq!(child.wait().expect("it was started").code(), None, "it was killed");
    (project, proxy)
}

#[test]
fn a_run_that_dies_with_several_in_flight_is_gone_on_with() {
    for moment in [Moment::BeforeSending, Moment::BeforeTheAnswer] {
        for dies_with in [1, 3, 6, 7, 8, 10] {
            let node = node();
            let (project, proxy) = dies(&node, dies_with, moment);
            let before = signed(&project);
            let together = if dies_with <= 6 { 6 } else { 9 };
            assert_eq!(before.len(), together.max(dies_with), "they were signed together");
            let again = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 0);
            let text = transcript(&again);
            assert!(stderr(&again).contains("no difference"), "{dies_with} {moment:?}\n{text}");
            assert_eq!(nonces(&node), SENT, "{dies_with} {moment:?}");
            let after = signed(&project);
            assert_eq!(after[..before.len()], before, "what was signed is what was sent");
            assert_eq!(after.len(), 10, "{dies_with} {moment:?}");
        }
    }
}

#[test]
fn a_lost_journal_of_several_in_flight_is_rebuilt() {
    for dies_with in [4, 8] {
        let node = node();
        let (project, proxy) = dies(&node, dies_with, Moment::BeforeTheAnswer);
        fs::remove_dir_all(project.path("deployments")).expect("something was begun");
        node.asking().mine();
        let output = ends(&project, proxy.url(), &["recover", "coins.yaml"], 0);
        let text = stdout(&output);
        assert!(text.starts_with(&format!("{dies_with} transactions of the scenario")), "{text}");
        let again = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 0);
        assert!(stderr(&again).contains("no difference"), "{}", transcript(&again));
        assert_eq!(nonces(&node), SENT, "{dies_with}");
        // The whole of it too, with three blocks that have several.
        fs::remove_dir_all(project.path("deployments")).expect("something was begun");
        let output = ends(&project, proxy.url(), &["recover", "coins.yaml"], 0);
        assert!(stdout(&output).contains("all of its steps were sent"), "{}", transcript(&output));
        let again = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 0);
        assert!(stderr(&again).contains("no difference"), "{}", transcript(&again));
        assert_eq!(nonces(&node), SENT, "{dies_with}");
    }
}

#[test]
fn what_changed_while_it_was_in_flight_is_refused() {
    let node = node();
    let (project, proxy) = dies(&node, 4, Moment::BeforeTheAnswer);
    project.write("coins.yaml", &COINS.replace("'\"e\"'", "'\"x\"'"));
    let output = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 6);
    let text = stderr(&output);
    assert!(text.contains("with another content") && text.contains("--redo 5"), "{text}");
    // What had arrived landed; what had not is not sent for a step that is another now, nor is what comes behind it.
    assert_eq!(nonces(&node), [4, 0]);
    project.write("coins.yaml", COINS);
    let output = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 0);
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
    assert_eq!(nonces(&node), SENT);
}

#[test]
fn what_would_cost_too_much_is_not_in_flight() {
    let node = node();
    let proxy = sea(&node, |_, _, _| None);
    let project = project(COINS);
    let args = ["run", "coins.yaml", "--yes", "--max-spend", "1 wei"];
    let output = ends(&project, proxy.url(), &args, 6);
    assert!(stderr(&output).contains("--max-spend allows 1"), "{}", transcript(&output));
    assert_eq!(nonces(&node), [0, 0]);
}
