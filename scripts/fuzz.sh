#!/usr/bin/env bash
# Random input to the parser, the checker and the evaluator: a million, or as many as the first argument says.
set -euo pipefail
cd "$(dirname "$0")/.."
export COVENANT_FUZZ_CASES="${1:-1000000}" COVENANT_FUZZ_SEED="${2:-$RANDOM}"
echo "cases: $COVENANT_FUZZ_CASES, seed: $COVENANT_FUZZ_SEED" >&2
exec cargo test --release --locked --workspace --test it -- random::
