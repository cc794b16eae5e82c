#!/usr/bin/env bash
# Changes the contracts in many single places, lets every scenario and the reference models look at each change, and
# writes what was noticed to tests/golden/mutants.json. What is written there by hand about survivors is kept.
#
# Arguments go to the tool: --seed N, --budget N (0: every mutant there is), --minutes N (no mutant is begun later),
# --only TEXT (of a file or an id; several: any of them), --jobs N. With --only, name another --record FILE. With --resume,
# what the record says is believed of mutants whose files have the code that they had then.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo=(cargo --quiet)
test=(test --release --locked --workspace --test it)
"${cargo[@]}" build --release --locked --workspace --example mutants
"${cargo[@]}" "${test[@]}" --no-run
model="COVENANT_MODEL_SCRIPTS=${COVENANT_MODEL_SCRIPTS:-1500} ${cargo[*]} ${test[*]} --"
exec "${CARGO_TARGET_DIR:-target}/release/examples/mutants" --seed 1 --budget 528 \
  --killer "model of the escrow:Escrow=$model model::escrow_does" \
  --killer "model of the lease:Lease=$model model::lease_does" \
  --killer "model of rent-to-own:RentToOwn=$model model::rent_to_own" \
  --killer "model of the repair escrow:RepairEscrow=$model model::repair_escrow" \
  --killer "model of the co-tenants:CoTenants=$model model::co_tenants" \
  --killer "model of settlement by last offers:SettlementOffers=$model model::settlement_offers" \
  --killer "model of the router for permits:PermitFunding,Funding=$model model::permit_funding" \
  --killer "model of the router for Permit2:Permit2Funding=$model model::permit2_funding" \
  --killer "model of the router for authorizations:AuthorizationFunding=$model model::authorization_funding" \
  --record tests/golden/mutants.json "$@"
