import { describe, expect, test } from "vitest";
import { foldIn, randomKey } from "../../src/core/random.ts";
import type { Fan, InitializerDefinition } from "../../src/nn/initializers/index.ts";
import { optionsContract, resolved } from "./options.ts";

const fans: readonly Fan[] = [
  { fanIn: 200, fanOut: 120 },
  { fanIn: 50, fanOut: 400 },
];

/** What every initializer must do. */
export function initializerContract(definition: InitializerDefinition): void {
  const draw = (fan: Fan, example: Readonly<Record<string, unknown>>, key = randomKey(1)): Float32Array => {
    const out = new Float32Array(fan.fanIn * fan.fanOut).fill(Number.NaN);
    definition.fill(out, fan, key, resolved(definition, example));
    return out;
  };

  describe(`initializer '${definition.name}'`, () => {
    optionsContract("initializer", definition, definition.examples);

    describe.each(definition.examples.map((example) => [JSON.stringify(example), example] as const))("with %s", (_, example) => {
      test.each(fans)("mean and standard deviation are those of its formula, fan in $fanIn, out $fanOut", (fan) => {
        const numbers = draw(fan, example);
        const declared = definition.moments(fan, resolved(definition, example));
        const n = numbers.length;
        const mean = numbers.reduce((total, x) => total + x, 0) / n;
        const variance = numbers.reduce((total, x) => total + (x - mean) ** 2, 0) / (n - 1);
        const fourth = numbers.reduce((total, x) => total + (x - mean) ** 4, 0) / n;
        const kurtosis = variance > 0 ? fourth / variance ** 2 : 0;
        // Five standard errors: a right one fails once in two million keys, and the key is fixed. That of a sample's standard
        // deviation is std sqrt((kurtosis - 1) / 4n), whatever the distribution.
        expect(Math.abs(mean - declared.mean)).toBeLessThanOrEqual((5 * declared.std) / Math.sqrt(n));
        expect(Math.abs(Math.sqrt(variance) - declared.std)).toBeLessThanOrEqual(
          5 * declared.std * Math.sqrt(Math.max(0, kurtosis - 1) / (4 * n)),
        );
      });

      test("the same key gives the same bits, another key others; all numbers are finite", () => {
        const fan = fans[0]!;
        const first = draw(fan, example);
        expect(draw(fan, example)).toEqual(first);
        expect(first.every(Number.isFinite)).toBe(true);
        const isRandom = definition.moments(fan, resolved(definition, example)).std > 0;
        expect(first.some((x, i) => x !== draw(fan, example, foldIn(randomKey(1), "other"))[i])).toBe(isRandom);
      });
    });

    test("each text option's choices give moments of their own", () => {
      for (const [name, spec] of Object.entries(definition.options)) {
        if (spec.type !== "string" || !spec.choices) continue;
        const moments = spec.choices.map((choice) => {
          const example = { ...definition.examples[0], [name]: choice };
          return JSON.stringify([...draw(fans[1]!, example).slice(0, 8)]);
        });
        expect(new Set(moments).size).toBe(spec.choices.length);
      }
    });
  });
}
