/** The contract of initializers. */
import { foldIn, randomKey } from "../core/random.ts";
import type { Fan, InitializerDefinition } from "../nn/initializers/define.ts";
import { type Check, hold, holdSame, isSame, type Options } from "./check.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";

const fans: readonly Fan[] = [
  { fanIn: 200, fanOut: 120 },
  { fanIn: 50, fanOut: 400 },
];

/** What every initializer must do: its draws have the moments that it declares, and the key alone decides them. */
export function initializerContract(definition: InitializerDefinition): Check[] {
  const draw = (fan: Fan, example: Options, key = randomKey(1)): Float32Array => {
    const out = new Float32Array(fan.fanIn * fan.fanOut).fill(Number.NaN);
    definition.fill(out, fan, key, resolved(definition, example));
    return out;
  };
  const checks = (example: Options): Check[] => [
    ...fans.map((fan) => ({
      name: `mean and standard deviation are those of its formula, fan in ${fan.fanIn}, out ${fan.fanOut}`,
      run() {
        const numbers = draw(fan, example);
        const declared = definition.moments(fan, resolved(definition, example));
        const n = numbers.length;
        const mean = numbers.reduce((total, x) => total + x, 0) / n;
        const variance = numbers.reduce((total, x) => total + (x - mean) ** 2, 0) / (n - 1);
        const fourth = numbers.reduce((total, x) => total + (x - mean) ** 4, 0) / n;
        const kurtosis = variance > 0 ? fourth / variance ** 2 : 0;
        // Five standard errors: a right one fails once in two million keys, and the key is fixed. That of a sample's standard
        // deviation is std sqrt((kurtosis - 1) / 4n), whatever the distribution.
        const near = (received: number, wanted: number, error: number, what: string) =>
          hold(Math.abs(received - wanted) <= 5 * error, () => `${what}: declared ${wanted}, ${n} draws have ${received}`);
        near(mean, declared.mean, declared.std / Math.sqrt(n), "mean");
        const spread = declared.std * Math.sqrt(Math.max(0, kurtosis - 1) / (4 * n));
        near(Math.sqrt(variance), declared.std, spread, "standard deviation");
      },
    })),
    {
      name: "the same key gives the same bits, another key others; all numbers are finite",
      run() {
        const fan = fans[0]!;
        const first = draw(fan, example);
        holdSame(draw(fan, example), first, "the same key");
        hold(first.every(Number.isFinite), "every number must be finite");
        const isRandom = definition.moments(fan, resolved(definition, example)).std > 0;
        const differs = !isSame(first, draw(fan, example, foldIn(randomKey(1), "other")));
        holdSame(differs, isRandom, "whether another key gives other numbers");
      },
    },
  ];
  return [
    ...optionChecks("initializer", definition, definition.examples),
    ...forExamples(definition.examples, checks),
    {
      name: "each text option's choices give numbers of their own",
      run() {
        for (const [name, spec] of Object.entries(definition.options)) {
          if (spec.type !== "string" || !spec.choices) continue;
          const drawn = spec.choices.map((choice) => {
            const example = { ...definition.examples[0], [name]: choice };
            return JSON.stringify([...draw(fans[1]!, example).slice(0, 8)]);
          });
          holdSame(new Set(drawn).size, spec.choices.length, `different draws by ${name}`);
        }
      },
    },
  ];
}
