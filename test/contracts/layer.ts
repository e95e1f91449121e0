import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/core/errors.ts";
import * as g from "../../src/graph/index.ts";
import type { ChosenLayer } from "../../src/nn/layers/define.ts";
import { type LayerContext, type LayerDefinition, type Mode, modelLayers } from "../../src/nn/layers/index.ts";
import { uniform } from "../support/values.ts";
import { awayFromKinks, batchSizes, type Case, holdEngines, holdGradients } from "./formulas.ts";
import { type Options, optionsContract, resolved } from "./options.ts";

/** An example's options complete; those of type "layers" hold layers with theirs. */
function complete(definition: LayerDefinition, given: Options): Options {
  const choose = (entry: string | { kind: string }, i: number): ChosenLayer => {
    const { kind, ...options } = typeof entry === "string" ? { kind: entry } : entry;
    const inside = modelLayers.get(kind);
    return { definition: inside, name: `${kind}${i}`, options: complete(inside, options) };
  };
  const isList = (name: string) => definition.options[name]!.type === "layers";
  return Object.fromEntries(
    Object.entries(resolved(definition, given)).map(([name, value]) => [name, isList(name) ? (value as []).map(choose) : value]),
  );
}

/** A layer built by itself: a context that makes its parameters and remembers them. */
function build(
  definition: LayerDefinition,
  example: LayerDefinition["examples"][number],
  batch: number,
  mode: Mode,
): Case & { values: Record<string, Float32Array | Int32Array>; declared: string[] } {
  const input = g.parameter("input", [batch, ...example.input]);
  const parameters = new Map<string, g.Tensor>();
  const states = new Map<string, { tensor: g.Tensor; initial: number }>();
  const updated: g.Tensor[] = [];
  let key: g.Tensor | undefined;
  const contextOf = (owner: string): LayerContext => ({
    name: owner,
    mode,
    before: "The input gives",
    parameter(local, shape, _initializer, fan) {
      const name = `${owner}/${local}`;
      if (parameters.has(name)) throw new Error(`parameter '${name}' is asked for twice`);
      expect(fan.fanIn, `fanIn of ${name}`).toBeGreaterThanOrEqual(1);
      expect(fan.fanOut, `fanOut of ${name}`).toBeGreaterThanOrEqual(1);
      const made = g.parameter(name, shape);
      parameters.set(name, made);
      return made;
    },
    state(local, shape, initial) {
      const name = `${owner}/${local}`;
      if (states.has(name)) throw new Error(`state '${name}' is asked for twice`);
      const tensor = g.state(name, shape);
      states.set(name, { tensor, initial });
      return tensor;
    },
    update(state, value) {
      expect(mode, "states are written in training alone").toBe("training");
      expect(value.shape).toEqual(state.shape);
      updated.push(state);
    },
    randomKey() {
      expect(mode, "random numbers are drawn in training alone").toBe("training");
      key ??= g.input("random.layer", [2], "int32");
      return key;
    },
    apply: (layers, x) =>
      layers.reduce(
        (at, { definition, name, options }) => definition.build(at, options, contextOf(`${owner}.${lists++}.${name}`)),
        x,
      ),
  });
  let lists = 0;
  const result = definition.build(input, complete(definition, example.options), contextOf("layer"));
  expect(new Set(updated).size, "each state is written once").toBe(updated.length);
  const targets = [input, ...parameters.values()];
  const values: Record<string, Float32Array | Int32Array> = Object.fromEntries(
    targets.map((leaf, i) => [
      leaf.name!,
      i === 0 ? awayFromKinks(g.sizeOf(leaf.shape)) : uniform(g.sizeOf(leaf.shape), { seed: i }),
    ]),
  );
  for (const { tensor, initial } of states.values()) {
    // Near what they start with, and different from each other.
    values[tensor.name!] = Float32Array.from({ length: g.sizeOf(tensor.shape) }, (_, i) => initial + ((i * 7) % 5) / 10);
  }
  if (key) values[key.name!] = Int32Array.of(-1640531527, 2135587861);
  return { result, targets, values, declared: targets.map((leaf) => `${leaf.name} ${g.showShape(leaf.shape)}`) };
}

/** What every layer must do. */
export function layerContract(definition: LayerDefinition): void {
  describe(`layer '${definition.name}'`, () => {
    optionsContract(
      "layer",
      definition,
      definition.examples.map(({ options }) => options),
    );

    describe.each(definition.examples.map((example) => [JSON.stringify(example.options), example] as const))(
      "with %s",
      (what, example) => {
        test("gradients of input and every parameter agree with differences", () => {
          holdGradients(build(definition, example, 3, "training"), what);
          holdGradients(build(definition, example, 1, "evaluation"), what);
        });

        const fewestRows = definition.fewestRows?.(example.input, complete(definition, example.options)) ?? 1;
        test.each(batchSizes)("a batch of %d has its shape, and every engine agrees with the reference", (batch) => {
          for (const mode of ["training", "evaluation"] as const) {
            if (mode === "training" && batch < fewestRows) {
              expect(() => build(definition, example, batch, mode)).toThrow(ShapeError);
              continue;
            }
            const one = build(definition, example, batch, mode);
            expect(one.result.shape[0]).toBe(batch);
            holdEngines(one, `${definition.name} ${what}, ${mode}, batch ${batch}`);
          }
        });

        test("parameters have the same names and shapes whatever the batch and the mode", () => {
          const [, ...first] = build(definition, example, 7, "training").declared;
          for (const batch of batchSizes.filter((size) => size >= fewestRows))
            expect(build(definition, example, batch, "training").declared.slice(1)).toEqual(first);
          expect(build(definition, example, 7, "evaluation").declared.slice(1)).toEqual(first);
        });
      },
    );
  });
}
