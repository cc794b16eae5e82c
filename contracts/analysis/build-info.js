// Writes `analysis/out/build-info/contracts.json`, which slither reads: the contracts compiled without optimisation, in
// the shape that Hardhat leaves behind. It depends on nothing but the pinned npm package `solc`.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const solc = require("solc");

const root = path.join(__dirname, "..");

function solidityFiles(folder) {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return solidityFiles(name);
    return entry.name.endsWith(".sol") ? [name] : [];
  });
}

const sources = {};
function add(name) {
  if (name in sources) return;
  const file = name.startsWith("@") ? path.join(root, "node_modules", name) : path.join(root, name);
  const content = fs.readFileSync(file, "utf8");
  sources[name] = { content };
  // Relative imports are looked up from the importing file, others in `node_modules`.
  for (const [, imported] of content.matchAll(/^\s*import\s[^"']*["']([^"']+)["']/gm)) {
    add(imported.startsWith(".") ? path.posix.join(path.posix.dirname(name), imported) : imported);
  }
}
solidityFiles("src").sort().forEach(add);

const input = {
  language: "Solidity",
  sources,
  settings: {
    evmVersion: "prague",
    outputSelection: {
      "*": {
        "": ["ast"],
        "*": [
          "abi",
          "devdoc",
          "userdoc",
          "metadata",
          "evm.methodIdentifiers",
          "evm.bytecode.object",
          "evm.bytecode.sourceMap",
          "evm.bytecode.linkReferences",
          "evm.deployedBytecode.object",
          "evm.deployedBytecode.sourceMap",
          "evm.deployedBytecode.linkReferences",
        ],
      },
    },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
const errors = (output.errors ?? []).filter((error) => error.severity === "error");
if (errors.length !== 0) {
  for (const error of errors) process.stderr.write(error.formattedMessage);
  process.exit(1);
}

const version = solc.version();
const info = {
  _format: "hh-sol-build-info-1",
  solcVersion: version.split("+")[0],
  solcLongVersion: version.replace(/\.Emscripten.*/, ""),
  input,
  output,
};
const folder = path.join(__dirname, "out", "build-info");
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, "contracts.json"), JSON.stringify(info));
