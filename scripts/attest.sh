#!/usr/bin/env bash
# Explores mutants of the bundled contracts, and walks through each at random: what a walk refutes must not be proved. Writes
# what was found to tests/golden/explore/attest.json. Fails where the two contradict each other.
#
#   scripts/attest.sh [MUTANTS [STEPS]]   mutants of each contract (30), and steps through each in each scenario (11000)
set -euo pipefail
cd "$(dirname "$0")/.."
COVENANT_ATTEST="${1:-30}" COVENANT_ATTEST_STEPS="${2:-11000}" \
  exec cargo --quiet test --release --locked --workspace --test it -- --nocapture explore::attest::nothing
