import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectWithin } from "../../src/testing/bounds.ts";
import { execute } from "../../src/testing/programs.ts";
import { propertyRuns } from "../support/long.ts";
import { buildProgram, recipes } from "../support/random-graphs.ts";
import { floatSetups } from "../support/setups.ts";

describe("random programs", () => {
  test.each(floatSetups)(
    "$name stays within the computed bound of every element of every output and state",
    ({ engine, options }) => {
      let [shares, runs] = [0, 0];
      fc.assert(
        fc.property(recipes, (recipe) => {
          const { program, values } = buildProgram(recipe);
          shares += expectWithin(execute(engine, program, values, options), program, values, "a random program");
          runs += 1;
        }),
        propertyRuns(250, 5000),
      );
      // Elements that hang on a comparison too near to call, or may overflow, have no bound.
      expect(shares / runs).toBeGreaterThan(0.9);
    },
  );

  test.each(floatSetups)("$name gives the same bits in two executables and in two runs", ({ engine, options }) => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { program, values } = buildProgram(recipe);
        expect(execute(engine, program, values, options)).toEqual(execute(engine, program, values, options));
      }),
      propertyRuns(30, 500),
    );
  });
});
