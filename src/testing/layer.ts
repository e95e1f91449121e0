/** The contract of layers. */
import { definitionIn } from "../core/choice.ts";
import { ShapeError } from "../core/errors.ts";
import * as g from "../graph/index.ts";
import { layerOf } from "../nn/activation-layer.ts";
import type { ChosenLayer, LayerContext, LayerDefinition, Mode } from "../nn/layers/define.ts";
import { modelLayers } from "../nn/layers/index.ts";
import { type Check, fail, hold, holdSame, type Options } from "./check.ts";
import { awayFromKinks, batchSizes, type Case, holdEngines, holdGradients } from "./formulas.ts";
import { optionChecks, resolved } from "./options.ts";
import { uniform } from "./values.ts";

/** An example's options complete; those of type "layers" hold layers with theirs. */
function complete(definition: LayerDefinition, given: Options): Options {
  const choose = (entry: string | { kind: string }, i: number): ChosenLayer => {
    const { kind, ...options } = typeof entry === "string" ? { kind: entry } : entry;
    const brought = definitionIn(entry);
    const inside = (brought && layerOf(brought)) ?? modelLayers.get(kind);
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
      hold(!parameters.has(name), `parameter '${name}' is asked for twice`);
      const isFan = fan.fanIn >= 1 && fan.fanOut >= 1;
      hold(isFan, `the fans of '${name}' must be 1 at least, received ${fan.fanIn} and ${fan.fanOut}`);
      const made = g.parameter(name, shape);
      parameters.set(name, made);
      return made;
    },
    state(local, shape, initial) {
      const name = `${owner}/${local}`;
      hold(!states.has(name), `state '${name}' is asked for twice`);
      const tensor = g.state(name, shape);
      states.set(name, { tensor, initial });
      return tensor;
    },
    update(state, value) {
      hold(mode === "training", `state '${state.name}' is written in evaluation; it may be in training alone`);
      holdSame(value.shape, state.shape, `shape of what is written to '${state.name}'`);
      updated.push(state);
    },
    randomKey() {
      hold(mode === "training", "random numbers are drawn in evaluation; they may be in training alone");
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
  holdSame(updated.length, new Set(updated).size, "how often states are written, each once");
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

/**
 * What every layer must do: gradients of input and parameters agree with differences, every engine agrees with the reference, and
 * parameters have the same names and shapes whatever the batch.
 *
 * @example
 * const scale = defineLayer({
 *   name: "scale",
 *   summary: "Multiplies each feature by a learned number.",
 *   source: "This example.",
 *   options: {},
 *   build(input, _, context) {
 *     const fan = { fanIn: 1, fanOut: 1 };
 *     const start = { definition: initializers.constant, options: { value: 1 } };
 *     return graph.mul(input, context.parameter("scale", [input.shape[1]!], start, fan));
 *   },
 *   examples: [{ options: {}, input: [3] }],
 * });
 * // With a test runner: for (const { name, run } of layerContract(scale)) test(name, run);
 * for (const { run } of layerContract(scale)) run();
 */
export function layerContract(definition: LayerDefinition): Check[] {
  const checks = (example: LayerDefinition["examples"][number], what: string): Check[] => {
    const fewestRows = () => definition.fewestRows?.(example.input, complete(definition, example.options)) ?? 1;
    return [
      {
        name: "gradients of input and every parameter agree with differences",
        run() {
          holdGradients(build(definition, example, 3, "training"), what);
          holdGradients(build(definition, example, 1, "evaluation"), what);
        },
      },
      ...batchSizes.map((batch) => ({
        name: `a batch of ${batch} has its shape, and every engine agrees with the reference`,
        run() {
          for (const mode of ["training", "evaluation"] as const) {
            if (mode === "training" && batch < fewestRows()) {
              holdRefused(() => build(definition, example, batch, mode), `a batch of ${batch} in training`);
              continue;
            }
            const one = build(definition, example, batch, mode);
            holdSame(one.result.shape[0], batch, "rows of the result");
            holdEngines(one, `${definition.name} ${what}, ${mode}, batch ${batch}`);
          }
        },
      })),
      {
        name: "parameters have the same names and shapes whatever the batch and the mode",
        run() {
          const [, ...first] = build(definition, example, 7, "training").declared;
          for (const batch of batchSizes.filter((size) => size >= fewestRows()))
            holdSame(build(definition, example, batch, "training").declared.slice(1), first, `with ${batch} rows`);
          holdSame(build(definition, example, 7, "evaluation").declared.slice(1), first, "in evaluation");
        },
      },
    ];
  };
  return [
    ...optionChecks(
      "layer",
      definition,
      definition.examples.map(({ options }) => options),
    ),
    ...definition.examples.flatMap((example) => {
      const what = JSON.stringify(example.options);
      return checks(example, what).map((check) => ({ ...check, name: `with ${what}, ${check.name}` }));
    }),
  ];
}

/** @throws ContractError  it is no ShapeError */
function holdRefused(action: () => unknown, what: string): void {
  try {
    action();
  } catch (error) {
    if (error instanceof ShapeError) return;
    throw error;
  }
  fail(`${what} must be refused with a ShapeError, for fewestRows says more`);
}
