/** Where vectors are paired, and what is said where they are not. */
import { expect, test } from "vitest";
import { type NodeProcess, pairVectors } from "../../../src/engine/wasm/host-vectors.ts";

function host(changes: Partial<NodeProcess> = {}): { process: NodeProcess; flags: string[] } {
  const flags: string[] = [];
  const process: NodeProcess = {
    arch: "x64",
    release: { name: "node" },
    versions: { v8: "13.6.233.17-node.53" },
    config: { variables: { v8_enable_wasm_simd256_revec: 1 } },
    env: {},
    getBuiltinModule: () => ({ setFlagsFromString: (flag) => flags.push(flag) }),
    ...changes,
  };
  return { process, flags };
}

test("Node that was built with pairs is asked for them, each time in the same words", () => {
  const { process, flags } = host();
  expect(pairVectors({ process })).toEqual(pairVectors({ process }));
  expect(pairVectors({ process }).pairs).toBe(true);
  expect(new Set(flags)).toEqual(new Set(["--experimental-wasm-revectorize"]));
});

const throws = () => ({
  setFlagsFromString: () => {
    throw new Error("not implemented");
  },
});
test.each<[string, { process?: NodeProcess; flags: string[] }, RegExp]>([
  ["a browser", { flags: [] }, /only Node/],
  ["another program with a process", host({ release: { name: "bun" } }), /only Node/],
  ["an old Node", host({ getBuiltinModule: undefined as never }), /only Node/],
  ["who asks for 128", host({ env: { OSOLGIL_VECTOR_BITS: "128" } }), /OSOLGIL_VECTOR_BITS/],
  ["another processor", host({ arch: "arm64" }), /on arm64/],
  ["a build without pairs", host({ config: { variables: { v8_enable_wasm_simd256_revec: 0 } } }), /built without/],
  ["a host that says nothing of its build", host({ config: {} }), /built without/],
  ["V8 that pairs no multiply-adds", host({ versions: { v8: "12.4.254.21-node.57" } }), /not tried with V8 12\.4\.254/],
  ["V8 of tomorrow", host({ versions: { v8: "15.0.1" } }), /not tried with V8 15/],
  ["no version at all", host({ versions: {} }), /not tried/],
  ["flags that cannot be set", host({ getBuiltinModule: throws }), /out of reach/],
])("%s keeps 128 bits, and is told why", (_, { process, flags }, why) => {
  const { pairs, detail } = pairVectors({ ...(process && { process }) });
  expect([pairs, flags]).toEqual([false, []]);
  expect(detail).toMatch(/^of 128 bits/);
  expect(detail).toMatch(why);
});
