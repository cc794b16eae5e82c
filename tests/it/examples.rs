//! The examples of the crates run to their end. `cargo test --workspace` builds them.

use std::process::Command;

use crate::binary::binary;

#[test]
fn examples_run() {
    for name in ["escrow_in_rust", "scenario_in_rust"] {
        let folder = binary().parent().expect("the binary is in a folder").join("examples");
        let example = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let output = Command::new(&example).output().expect("the example was built");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} failed: {complaint}", example.display());
    }
}
