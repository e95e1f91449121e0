/**
 * Parts of one's own: a layer and a loss, held to the contracts that Osolgil's own parts are held to, and trained with.
 *
 *   node --conditions=osolgil-source examples/own-parts.ts [epochs]
 */
import { adam, defineLayer, defineLoss, dense, fit, graph, initializers } from "osolgil";
import { layerContract, lossContract } from "osolgil/testing";

/** Every feature through a sine of its own: y = sin(f x + p), with f and p learned. */
const waves = defineLayer({
  name: "waves",
  summary: "A sine of each feature, its frequency and phase learned.",
  source: "This example; the sine by its series, good to 4e-6 up to a quarter of a period.",
  options: { frequency: { default: 1, min: 0, minExclusive: true, summary: "What all frequencies start with." } },
  build(input, { frequency }, context) {
    const features = input.shape[1]!;
    const fan = { fanIn: features, fanOut: features };
    const startWith = (value: number) => ({ definition: initializers.constant, options: { value } });
    const f = context.parameter("frequency", [features], startWith(frequency), fan);
    const p = context.parameter("phase", [features], startWith(0), fan);
    const x = graph.add(graph.mul(f, input), p);
    const square = graph.mul(x, x);
    // x - x^3/3! + x^5/5! - x^7/7! + x^9/9!
    const series = [1 / 362880, -1 / 5040, 1 / 120, -1 / 6].reduce<graph.Operand>(
      (sum, c) => graph.add(graph.mul(sum, square), c),
      0,
    );
    return graph.mul(x, graph.add(graph.mul(series, square), 1));
  },
  examples: [{ options: {}, input: [3] }],
});

/** Large errors count by their size alone, small ones by their square: log cosh. */
const logCosh = defineLoss({
  name: "logCosh",
  summary: "log cosh of the distance, averaged over the outputs.",
  source: "This example: log cosh d = d + softplus(-2 d) - log 2.",
  targets: ["values"],
  options: {},
  build(prediction, target) {
    const d = graph.sub(prediction, target);
    return graph.mean(graph.sub(graph.add(d, graph.softplus(graph.mul(d, -2))), Math.LN2), 1);
  },
  examples: [{}],
});

// Here by hand; under a test runner: for (const { name, run } of layerContract(waves)) test(name, run);
const checks = [...layerContract(waves), ...lossContract(logCosh)];
for (const { run } of checks) run();
console.log(`${checks.length} checks hold`);

const inputs = Array.from({ length: 200 }, (_, i) => [i / 100 - 1]);
const targets = inputs.map(([x]) => 0.8 * x! * x! - 0.3 * x!);
const model = await fit({
  model: [dense({ units: 8 }), waves, dense({ units: 1 })],
  loss: logCosh,
  optimizer: adam({ learningRate: 0.02 }),
  inputs,
  targets,
  batchSize: 20,
  epochs: Number(process.argv[2] ?? 100),
});
console.log(`loss ${model.evaluate(inputs, targets).loss.toExponential(2)}`);
