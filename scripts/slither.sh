#!/usr/bin/env bash
# Static analysis of the contracts by slither, which is fetched from PyPI. Settings: contracts/slither.config.json.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="${CARGO_TARGET_DIR:-target}/slither"
[ -x "$tools/bin/slither" ] || python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --requirement contracts/analysis/requirements.txt
PATH="$(cd "$tools/bin" && pwd):$PATH"
cd contracts
node analysis/build-info.js
slither .
