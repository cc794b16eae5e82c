//! Sends the twelve steps to a node, or goes on with that: `NODE CHAIN-ID JOURNAL PREFIX CONFIRMATIONS`. Tests kill it.

use std::{env, error::Error, path::PathBuf};

use covenant_tests::sending::{Job, Plan, options, run};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [node, chain_id, journal, prefix, confirmations] = words.as_slice() else {
        return Err("give NODE CHAIN-ID JOURNAL PREFIX CONFIRMATIONS".into());
    };
    let job = Job {
        nodes: vec![node.clone()],
        chain_id: chain_id.parse()?,
        journal: PathBuf::from(journal),
        options: options(confirmations.parse()?),
    };
    run(&job, &Plan::new(prefix))?;
    Ok(())
}
