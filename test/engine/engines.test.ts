import { expect, test } from "vitest";
import { setups } from "../support/setups.ts";
import { engineContract } from "./contract.ts";

test("the reference and the wasm engine run here, under both profiles", () => {
  // A host without relaxed multiply-add has no 'fused'; ours has it, so a profile that goes missing is a fault of ours.
  expect(setups.map(({ name }) => name)).toEqual(["reference", "wasm fused", "wasm portable"]);
});

for (const setup of setups) engineContract(setup);
