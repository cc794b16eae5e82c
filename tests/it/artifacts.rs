//! The committed artifacts are what the sources compile to.

use crate::binary::{root, run, transcript};

#[test]
fn committed_artifacts_are_fresh() {
    let modules = root().join("contracts/node_modules");
    assert!(modules.is_dir(), "compiling the contracts needs `npm ci --prefix contracts`");
    let output = run(&["build", "contracts", "--verify"]);
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
}
