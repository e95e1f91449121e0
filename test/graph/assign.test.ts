import { expect, test } from "vitest";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { add, assign, state } from "../../src/graph/index.ts";

test.each([referenceEngine, wasmEngine])("$name refuses a program that writes a state twice", (engine) => {
  const a = state("a", [3]);
  const program = { outputs: {}, assignments: [assign(a, add(a, 1)), assign(a, add(a, 2))] };
  expect(() => engine.compile({ program })).toThrow("one program writes state 'a' [3] twice");
});
