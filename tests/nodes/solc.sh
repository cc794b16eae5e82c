#!/usr/bin/env bash
# solc of npm, the one that compiles the bundled contracts, as forge wants it: `--version`, and `--standard-json` on standard input.
set -euo pipefail
SOLC="$(cd "$(dirname "$0")/../../contracts/node_modules/solc" && pwd)"
if [[ "${1:-}" == --version ]]; then
  echo "solc, the solidity compiler commandline interface"
  echo "Version: $(node "$SOLC/solc.js" --version | sed 's/emscripten.clang/Linux.g++/')"
else
  exec node -e '
    const solc = require(process.argv[1]);
    let input = "";
    process.stdin.on("data", (part) => (input += part)).on("end", () => console.log(solc.compile(input)));
  ' "$SOLC"
fi
