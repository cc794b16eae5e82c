//! A scenario from Rust: build the contracts, load a scenario, run it, look at what happened.
//!
//! The same lines work inside a `#[test]`.

use std::{error::Error, path::Path, sync::Arc};

use covenant_scenario::{RunOptions, Scenario, event::Verdict, run};

const SCENARIO: &str = r#"
scenario: a payer funds an escrow and takes the money back by agreement
actors: [payer, payee]
contracts:
  escrow: { deploy: "covenant:Escrow" }
let:
  terms:
    Escrow.Terms:
      payer: payer
      payee: payee
      arbiter: address(0)
      feeReceiver: address(0)
      asset: address(0)
      amount: 1 ether
      feeBps: 0
      arbiterFeeBps: 0
      acceptBy: start + 7 days
      performBy: start + 30 days
      expiresAt: start + 60 days
      reviewWindow: 7 days
      rulingWindow: 14 days
      expiryBps: 0
      timeoutBps: 5000
      documentHash: keccak256("what was agreed")
      salt: bytes32(0)
      shares: []
steps:
  - payer: escrow.fund(terms)
    value: 1 ether
  - payee: escrow.cancel(terms)
ensures:
  - gained(payer) == 0
  - balance(escrow) == 0
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // A scenario on bundled contracts alone needs no project of its own.
    let build = covenant_compile::bundled();
    let scenario = Scenario::parse(Path::new("refund.yaml"), SCENARIO, &build)?;
    for plan in &scenario.plans {
        let run = run(plan, &RunOptions::default())?;
        assert_eq!(run.verdict, Verdict::Passed, "{:#?}", run.failures().collect::<Vec<_>>());
        let cancelled = run.transactions().last().expect("the scenario has steps");
        let logs = run.view(cancelled).logs;
        assert!(logs.iter().any(|log| log.text.starts_with("Refunded(")), "{logs:#?}");
        assert_eq!(run.transactions().filter(|sent| sent.actor.is_some()).count(), 2);
    }
    assert_eq!(Arc::strong_count(&scenario.sources), 1 + scenario.plans.len());
    Ok(())
}
