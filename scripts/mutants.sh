#!/usr/bin/env bash
# Changes the contracts in many single places, lets every scenario and the reference models look at each change, and
# writes what was noticed to tests/golden/mutants.json. What is written there by hand about survivors is kept.
#
# Arguments go to the tool: --seed N, --budget N (0: every mutant there is), --minutes N (no mutant is begun later),
# --only TEXT (of a file or an id; several: any of them), --jobs N. With --only, name another --record FILE.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo=(cargo --quiet)
test=(test --release --locked --workspace --test it)
"${cargo[@]}" build --release --locked --workspace --example mutants
"${cargo[@]}" "${test[@]}" --no-run
model="COVENANT_MODEL_SCRIPTS=${COVENANT_MODEL_SCRIPTS:-1500} ${cargo[*]} ${test[*]} -- model::"
exec "${cargo[@]}" run --release --locked --workspace --example mutants -- --seed 1 --budget 1200 \
  --killer "model:Escrow,Lease,Agreement,Milestones,NftEscrow,Guarantee,DirectDebit=$model" --record tests/golden/mutants.json "$@"
