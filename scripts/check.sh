#!/usr/bin/env bash
# Everything that must hold before a change lands, and all that CI runs. Needs Rust (with clippy and rustfmt), Node and npm.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*" >&2; "$@"; }

step npm ci --prefix contracts --no-audit --no-fund --loglevel=error
# Not `npm ci`: it insists on the binaries of other platforms, which a registry need not have. The lock file holds all the same.
step npm install --no-save --prefix tests/nodes --no-audit --no-fund --loglevel=error
step npm run --prefix contracts --silent fmt:check
step npm run --prefix contracts --silent lint
step scripts/slither.sh
step cargo fmt --all --check
step cargo clippy --workspace --all-targets --locked -- -D warnings
step env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
step cargo test --workspace --locked --doc --quiet
step cargo build --workspace --locked --examples
step cargo test --workspace --locked --lib --bins --tests --no-fail-fast
