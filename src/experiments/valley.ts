/** The lecture's valley, and walks down it by the optimizers that train networks, in float64. */
import { requireOptions } from "../core/options.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import { add, differentiate, equal, iota, mul, parameter, select, sum, type Tensor } from "../graph/index.ts";
import { createScalars, createSlots, optimizerScalars, scalarName, updateParameter } from "../optim/apply.ts";
import type { OptimizerDefinition } from "../optim/optimizers/define.ts";

/** f(x, y) = x^2 / 20 + y^2: flat along x, steep along y (lecture, C1). */
export const valley = (x: number, y: number): number => (x * x) / 20 + y * y;
export const valleyGradient = (x: number, y: number): readonly [number, number] => [x / 10, 2 * y];

function valleyOf(w: Tensor): Tensor {
  const at = (place: number) => sum(select(equal(iota(2), place), w, 0));
  return add(mul(mul(at(0), at(0)), 1 / 20), mul(at(1), at(1)));
}

export interface Walk {
  readonly name: string;
  /** Places from the start on. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Steps of an optimizer from (-7, 2). */
export function walk(
  name: string,
  definition: OptimizerDefinition,
  given: Readonly<Record<string, unknown>>,
  steps: number,
): Walk {
  const options = requireOptions(definition.options, given, `optimizer '${definition.name}'`);
  const place = parameter("place", [2]);
  const slots = createSlots(definition, place);
  const [gradient] = differentiate(valleyOf(place), [place]);
  const scalars = createScalars(definition, options);
  const assignments = updateParameter(definition, place, gradient!, slots, scalars, { isWeight: true });
  const executable = referenceEngine.compile({ step: { outputs: {}, assignments } });
  executable.writeState(place, [-7, 2]);
  const [x, y] = [[-7], [2]];
  for (let step = 1; step <= steps; step++) {
    for (const [scalar, value] of Object.entries(optimizerScalars(definition, options, step)))
      executable.setScalar(scalarName(scalar), value);
    executable.run("step");
    const [a, b] = executable.readState(place);
    x.push(a!);
    y.push(b!);
  }
  return { name, x, y };
}
