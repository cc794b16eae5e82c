//! Dates on a network whose clock is not ours.

use std::process::Output;

use super::project::{Project, stderr, stdout};
use crate::{
    binary::transcript,
    nodes::{Kind, RunningNode},
};

/// Three steps of a lease, some seconds apart.
pub(super) const LEASE: &str = "
scenario: three steps of a lease, some seconds apart
include: [scenarios/lease/_parties.yaml, scenarios/lease/_ether.yaml, scenarios/lease/_terms.yaml]
let:
  begins: start + 10 days
  periodSeconds: 30 days
  dueDay: 0
  periods: 3
  proration: Lease.Proration.ThirtyDays
  noticeUnit: Lease.NoticeUnit.Days
  notice: 30
steps:
  - landlord: lease.sign(terms)
    expect: { emits: \"lease.Signed(_, landlord)\", changes: {} }
  - wait: 8 seconds
  - tenant: lease.sign(terms)
    value: 2 ether
    as: id
    expect:
      emits: lease.Signed(_, tenant)
      changes: { tenant: -2 ether, lease: 2 ether }
  - wait: 8 seconds
  - tenant: lease.pay(terms)
    value: 1 ether
    expect: { changes: { tenant: -1 ether, landlord: 1 ether } }
ensures:
  - gained(landlord) == 1 ether
  - gained(tenant) == -3 ether
  - id == lease.idOf(terms)
";

#[test]
fn a_lease_is_parked_and_gone_on_with_by_new_processes() {
    let args = ["--chain-id", "987654321", "--block-time", "1"];
    let node = RunningNode::start_with(Kind::Anvil, &args);
    let project = Project::new("http://127.0.0.1:1");
    project.write("lease.yaml", LEASE);
    let run = |more: &[&str]| -> Output {
        let args = ["run", "lease.yaml", "--network", "town", "--park"];
        let mut command = project.command(&[&args[..], more].concat());
        command.env("TOWN_RPC", node.url()).output().unwrap()
    };
    let nothing = run(&["--continue"]);
    assert_eq!(nothing.status.code(), Some(2), "{}", transcript(&nothing));
    let mut parked = [false; 2];
    let mut output = run(&["--yes"]);
    while output.status.code() == Some(75) {
        assert!(stdout(&output).starts_with("SO FAR"), "{}", transcript(&output));
        let text = stderr(&output);
        parked[0] |= text.contains("parked before step 8: come back at 20");
        parked[1] |= text.contains("parked before step 9: come back at 20");
        let status = stdout(&project.expect(&["status", "lease.yaml"], 0));
        assert!(status.contains(", not before 20"), "{status}");
        output = run(&["--continue"]);
    }
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    assert_eq!(parked, [true; 2], "it waited twice");
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
    let text = stdout(&output);
    assert!(
        text.contains("landlord            +1") && text.contains("tenant              -3"),
        "{text}"
    );
    // A node may have forgotten by now what was read then; what was read is kept.
    assert!(project.path("deployments/987654321/lease.views").is_dir());
}
