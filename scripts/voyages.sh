#!/usr/bin/env bash
# A whole scenario on the simulated node, with every fault at every question of it, and with three blocks gone at every one: CI
# tries some of them. An argument is how many questions are tried of each fault. Half an hour on two cores; faster where TMPDIR
# is in memory.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --workspace --test it -- voyages:: "questions=${1:-1000000}" --nocapture
