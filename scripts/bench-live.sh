#!/usr/bin/env bash
# How much longer 100 contracts take as a deployment than sent bare, against anvil with a block a second. Wants `npm install --no-save`
# in tests/nodes. The argument is how many rounds there are.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --workspace --bins --release --quiet
folder=$(mktemp -d)
tests/nodes/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil --host 127.0.0.1 --port 0 --chain-id 11155111 --block-time 1 > "$folder/anvil.log" &
anvil=$!
trap 'kill "$anvil"; wait "$anvil" 2>/dev/null || true; rm -r "$folder"' EXIT
until address=$(grep -o '127\.0\.0\.1:[0-9]*' "$folder/anvil.log"); do
  kill -0 "$anvil"
  read -rt 0.1 <> <(:) || true
done
"${CARGO_TARGET_DIR:-target}/release/covenant-tests-bench" "http://$address" "$folder" "${1:-5}"
