#!/usr/bin/env bash
# Kills (SIGKILL) what deploys two contracts and calls them three times, at each transaction in each of three windows, and goes on with it as
# a user would: `covenant run`, `forge script` with and without `--slow`, and `hardhat ignition deploy`, or those that have the argument in
# their names. Writes tests/golden/resumes.json. Wants `npm install --no-save` in tests/nodes.
set -euo pipefail
cd "$(dirname "$0")/.."
RESUMES="${1:-}" cargo test --workspace --test it -- sending::baseline::every_program --nocapture
