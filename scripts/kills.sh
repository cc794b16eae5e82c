#!/usr/bin/env bash
# Kills deployments to real nodes (SIGKILL) in each of the five windows and resumes them: 200 kills on each of anvil, Hardhat and ganache, or
# as many as the argument says. Wants `npm install --no-save` in tests/nodes.
set -euo pipefail
cd "$(dirname "$0")/.."
KILLS="${1:-200}" cargo test --workspace --test it -- sending::kills --nocapture --test-threads 1
