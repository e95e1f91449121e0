/** Vectors of 256 bits change no bit, and the kernels that need them get them. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { targetHere } from "../../../src/engine/wasm/probe.ts";

const { pairs } = targetHere("fused");
const whyNot = "this host does not pair vectors (see src/engine/wasm/host-vectors.ts)";

const here = (file: string) => new URL(file, import.meta.url).pathname;
const run = (script: string, flags: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(process.execPath, [...flags, script], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });

test("vectors of 128 and of 256 bits give the same bits", { timeout: 300_000 }, (context) => {
  if (!pairs) return context.skip(whyNot);
  const [narrow, wide] = ["128", ""].map((bits) => JSON.parse(run(here("vector-bits.ts"), [], { OSOLGIL_VECTOR_BITS: bits })));
  expect([narrow.pairs, wide.pairs]).toEqual([false, true]);
  expect(wide.bits).toEqual(narrow.bits);
});

test("strips of products, convolutions, formulas and the way back through a pool are paired", { timeout: 120_000 }, (context) => {
  if (!pairs) return context.skip(whyNot);
  const trace = run(here("vector-trace.ts"), ["--trace-wasm-revectorize"]);
  // The host tells what it decided of a function between these two lines.
  const paired = [...trace.matchAll(/Begin revec function (\S+)\n([\s\S]*?)\nFinished revec function/g)].flatMap(
    ([, name, said]) => (said!.includes("Decide to vectorize") ? [name!] : []),
  );
  for (const form of [
    /^matmul\d+\.6x16$/,
    /^core6x2,2\{"packed":7,"skipsZeros":true/,
    /^core6x2,2\{"packed":24,"skipsZeros":false/,
    /^core6x4\{"inDots":true/,
    /^core3x6\{"packed":8,"stepB":96\}$/,
    /^core3x6\{"packed":8,"stepB":192\}$/,
    /^matmul\d+\.formula$/,
    /^convolution\d+\.6x16$/,
    /^convolution\d+\.6tail$/,
    /^filterGradient\d+\.5x16$/,
    /^maxPoolBack\d+$/,
    /^columns\d+$/,
    /^rows\d+$/,
    /^pack$/,
  ])
    expect(paired, String(form)).toContainEqual(expect.stringMatching(form));
});
