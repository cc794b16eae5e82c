#!/usr/bin/env bash
# Explores scenarios that grow in actors, in windows of time and in amounts, prints how much time of a processor each takes, and draws the plot in
# the README of the crate that explores.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo --quiet run --release --locked --workspace --example scaling -- crates/covenant-explore/scaling.svg
