/** The contract of preprocessing. */
import { fillNormal, randomKey } from "../core/random.ts";
import { exampleSize } from "../data/dataset.ts";
import type { PreprocessingDefinition } from "../data/preprocessing/define.ts";
import { examplesOf, shapeAfter, tableReader } from "../data/rows.ts";
import { type Check, hold, holdSame, type Options } from "./check.ts";
import { expectClose, expectSameBits } from "./close.ts";
import { optionChecks, resolved } from "./options.ts";

/** Rows of normal numbers, mean 3 and standard deviation 2. */
export function normalRows(rows: number, shape: readonly number[], seed = 1): Float64Array {
  const values = new Float64Array(rows * exampleSize(shape));
  fillNormal(randomKey(seed), values, 3, 2);
  return values;
}

/** A step fitted on rows, and what it makes of others. */
export function fitted(definition: PreprocessingDefinition, given: Options, shape: readonly number[], values: Float64Array) {
  const options = resolved(definition, given);
  const count = values.length / exampleSize(shape);
  const { state, warnings } = definition.fit(examplesOf(tableReader({ values, shape, count }, 1), []), options);
  const apply = (rows: Float64Array) => definition.apply(rows.slice(), rows.length / exampleSize(shape), state);
  return { definition, options, state, warnings, apply };
}

const holdFinite = (values: ArrayLike<number>, what: string): void =>
  hold(Array.prototype.every.call(values, Number.isFinite), `${what}: every number must be finite`);

/**
 * What every preprocessing must do: treat each row by itself, give finite numbers of the shape that it says, be the same after JSON,
 * and leave the rows that it is fitted on as they are.
 */
export function preprocessingContract(definition: PreprocessingDefinition): Check[] {
  const checks = ({ options, input }: PreprocessingDefinition["examples"][number]): Check[] => {
    const onFifty = () => fitted(definition, options, input, normalRows(50, input));
    return [
      {
        name: "gives finite numbers of the shape it says, for one row and for many",
        run() {
          const { state, apply, options: values } = onFifty();
          const shape = shapeAfter(input, [{ definition, options: values, state }]);
          for (const rows of [1, 7, 33]) {
            const out = apply(normalRows(rows, input, 2));
            holdSame(out.length, rows * exampleSize(shape), `numbers of ${rows} rows`);
            holdFinite(out, `${rows} rows`);
          }
        },
      },
      {
        name: "a row becomes the same whatever rows are beside it",
        run() {
          const { apply } = onFifty();
          const [rows, size] = [normalRows(20, input, 3), exampleSize(input)];
          const together = apply(rows);
          const width = together.length / 20;
          for (let row = 0; row < 20; row++) {
            const alone = apply(rows.slice(row * size, (row + 1) * size));
            expectSameBits(alone, together.slice(row * width, (row + 1) * width), `row ${row}`);
          }
        },
      },
      {
        name: "what was fitted passes through JSON, large arrays beside it",
        run() {
          const { state, apply } = onFifty();
          const entries = Object.entries(state).map(([name, values]) => [
            name,
            values instanceof Float64Array ? values : JSON.parse(JSON.stringify(values)),
          ]);
          const rows = normalRows(9, input, 4);
          expectSameBits(definition.apply(rows.slice(), 9, Object.fromEntries(entries)), apply(rows), "after JSON");
        },
      },
      {
        name: "fitting goes through blocks of any size alike, and leaves the rows as they are",
        run() {
          const values = normalRows(50, input);
          const copy = values.slice();
          const { apply } = fitted(definition, options, input, values);
          expectSameBits(values, copy, "the rows");
          const reader = tableReader({ values, shape: input, count: 50 }, 1);
          const inThrees = {
            ...examplesOf(reader, []),
            forEachBlock(visit: (values: Float64Array, rows: number) => void) {
              for (let first = 0; first < 50; first += 3) {
                const rows = Math.min(3, 50 - first);
                const block = new Float64Array(rows * exampleSize(input));
                reader.read(first, block);
                visit(block, rows);
              }
            },
          };
          const other = definition.fit(inThrees, resolved(definition, options)).state;
          const rows = normalRows(5, input, 5);
          // Sums over blocks are added in another order: some 1e-16 of numbers near 1, through a square root and an eigenvector.
          expectClose(definition.apply(rows.slice(), 5, other), apply(rows), 1e-11, "fitted on blocks of three");
        },
      },
      {
        name: "examples that are all alike, and one alone, give finite numbers",
        run() {
          for (const rows of [1, 5]) {
            const alike = new Float64Array(rows * exampleSize(input)).fill(0.1);
            const { state, apply } = fitted(definition, options, input, alike);
            for (const [name, values] of Object.entries(state)) holdFinite(values, `${name} of ${rows} rows`);
            holdFinite(apply(normalRows(3, input)), "what it makes of others");
          }
        },
      },
    ];
  };
  return [
    ...optionChecks(
      "preprocessing",
      definition,
      definition.examples.map(({ options }) => options),
    ),
    ...definition.examples.flatMap((example) =>
      checks(example).map((check) => ({ ...check, name: `with ${JSON.stringify(example.options)}, ${check.name}` })),
    ),
  ];
}
