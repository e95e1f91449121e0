/** Windows over images: patches, pools, what they send back, and convolutions made of them. */
import { describe, expect, test } from "vitest";
import * as g from "../../../src/graph/index.ts";
import { expectWithin } from "../../../src/testing/bounds.ts";
import { expectSameBits } from "../../../src/testing/close.ts";
import { evaluate, execute, fillLeaves, outputsOf, type Setup, type Values } from "../../../src/testing/programs.ts";
import { integers, specialValues } from "../../../src/testing/values.ts";
import { isLong } from "../../support/long.ts";

const square = g.squareWindows;
/** Images and windows over them: one window, many, overlapping, with gaps, holes and padding on some sides or all. */
const settings: readonly (readonly [height: number, width: number, geometry: g.Geometry])[] = [
  [1, 1, square({ kernel: 1 })],
  [4, 4, square({ kernel: 2, stride: 2 })],
  [5, 7, square({ kernel: 2, stride: 2 })],
  [5, 4, square({ kernel: 3, padding: 1 })],
  [6, 5, square({ kernel: 3, stride: 2, padding: [0, 1, 1, 1] })],
  [7, 9, square({ kernel: 5, padding: 2 })],
  [5, 6, square({ kernel: 2, stride: 3 })],
  [6, 6, square({ kernel: 1, stride: 2 })],
  [6, 7, square({ kernel: 2, dilation: 3, padding: 1 })],
  [3, 8, { kernel: [2, 3], stride: [1, 2], dilation: [2, 1], padding: [1, 0, 2, 1] }],
  [1, 9, { kernel: [1, 4], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 3, 0] }],
  [8, 1, { kernel: [3, 1], stride: [2, 1], dilation: [1, 1], padding: [1, 1, 0, 0] }],
];
/** Around vectors and their multiples. */
const channelCounts = isLong ? [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 32, 33] : [1, 3, 4, 6, 17];

/** Everything that there is to be done with windows over images x, and with what lies over them. */
function everything(x: g.Tensor, geometry: g.Geometry): Record<string, g.Tensor> {
  const size = [x.shape[1]!, x.shape[2]!] as const;
  const [laid, largest, total] = [g.patches(x, geometry), g.maxPool(x, geometry), g.sumPool(x, geometry)];
  const back = g.input("back", laid.shape);
  const sent = g.input("sent", largest.shape);
  return {
    laid,
    largest,
    total,
    folded: g.fold(back, geometry, size),
    sentToLargest: g.maxPoolBack(x, largest, sent, geometry),
    sentToAll: g.sumPoolBack(sent, geometry, size),
  };
}

export function windowContract({ engine, options }: Setup): void {
  const run = (outputs: Record<string, g.Tensor>, values: Values) => execute(engine, outputsOf(outputs), values, options).outputs;

  describe("windows", () => {
    test.each(settings)("over images of %d x %d, %j", (height, width, geometry) => {
      for (const channels of channelCounts) {
        for (const images of [1, 3]) {
          const x = g.input("x", [images, height, width, channels]);
          const outputs = everything(x, geometry);
          const what = `[${x.shape}]`;
          const values = fillLeaves(outputsOf(outputs));
          expect(
            expectWithin(execute(engine, outputsOf(outputs), values, options), outputsOf(outputs), values, what),
            "nearly all have a bound",
          ).toBeGreaterThan(0.9);
          // Small integers: nothing rounds, and many are equal.
          const whole = Object.fromEntries(
            Object.entries(values).map(([name, list]) => [name, integers((list as Float32Array).length, 7, 3).map((v) => v - 3)]),
          );
          const received = run(outputs, whole);
          for (const [name, tensor] of Object.entries(outputs))
            expectSameBits(received[name]!, evaluate(tensor, whole), `${what}: ${name} of integers`);
        }
      }
    });

    test("special values: NaN wins in a maximum and gets its gradient, infinities and both zeros pass as they are", () => {
      for (const channels of [1, 3, 4]) {
        const x = g.input("x", [1, 4, specialValues.length / 4, channels]);
        const list = Array.from({ length: 4 * specialValues.length * channels }, (_, i) => specialValues[(i * 5) % 28]!);
        for (const geometry of [square({ kernel: 2, stride: 2 }), square({ kernel: 3, padding: 1 })]) {
          const outputs = everything(x, geometry);
          const { laid, largest, sentToLargest } = outputs;
          const given = fillLeaves(outputsOf(outputs), { x: list.slice(0, g.sizeOf(x.shape)) });
          const values = { ...given, sent: integers(g.sizeOf(largest!.shape), 50, 1) };
          const received = run({ laid: laid!, largest: largest!, sentToLargest: sentToLargest! }, values);
          for (const name of ["laid", "largest", "sentToLargest"] as const)
            expectSameBits(received[name]!, evaluate(outputs[name]!, values), `${name}, ${channels} channels`);
          const sums = run({ total: outputs.total! }, values).total!;
          expect([...sums].map(Number.isNaN)).toEqual([...evaluate(outputs.total!, values)].map(Number.isNaN));
        }
      }
    });

    test("of rows of a table, bytes times a number, integers, views, transposes and formulas", () => {
      const rows = g.input("rows", [3], "int32");
      const bytes = g.gather(g.table("bytes", [5, 6, 6], "uint8"), rows);
      const grey = g.reshape(bytes, [3, 6, 6, 1]);
      const scaled = g.reshape(g.mul(g.reshape(bytes, [3, 36]), 0.5), [3, 6, 6, 1]);
      const images = {
        grey,
        scaled,
        channelsOfRows: g.gather(g.table("floats", [5, 4, 3, 2], "float32"), rows),
        integers: g.input("integers", [2, 4, 4, 1], "int32"),
        turned: g.transpose(g.parameter("turned", [4, 2, 5, 3]), [1, 2, 3, 0]),
        formula: g.relu(g.add(g.parameter("left", [2, 5, 5, 3]), g.parameter("bias", [3]))),
        stretched: g.expand(g.parameter("one", [1, 1, 4, 2]), [2, 5, 4, 2]),
        counted: g.reshape(g.iota(32), [1, 4, 8, 1]),
      };
      const outputs: Record<string, g.Tensor> = {};
      for (const [name, x] of Object.entries(images)) {
        const geometry = square({ kernel: 2, stride: 2, padding: [1, 0, 0, 1] });
        outputs[`${name} laid out`] = g.patches(x, geometry);
        outputs[`${name} largest`] = g.maxPool(x, geometry);
        outputs[`${name} summed`] = g.mul(g.sumPool(x, geometry), 0.25);
      }
      const program = outputsOf(outputs);
      const values = fillLeaves(program, {
        rows: [4, 0, 4],
        bytes: integers(180, 256, 1),
        integers: integers(32, 100, 2).map((v) => v - 50),
      });
      expectWithin(execute(engine, program, values, options), program, values, "operands");
    });

    test("a state that is the result of windows over itself", () => {
      const geometry = square({ kernel: 3, padding: 1 });
      const [a, b, c] = ["a", "b", "c"].map((name) => g.state(name, [2, 5, 4, 3])) as [g.Tensor, g.Tensor, g.Tensor];
      const flat = g.state("flat", [1, 2, 2, 4]);
      const program: g.Program = {
        outputs: { before: g.sum(a) },
        assignments: [
          g.assign(a, g.maxPool(a, geometry)),
          g.assign(b, g.sumPool(b, geometry)),
          g.assign(c, g.sumPoolBack(c, geometry, [5, 4])),
          g.assign(flat, g.patches(g.reshape(flat, [1, 4, 4, 1]), square({ kernel: 2, stride: 2 }))),
        ],
      };
      const values = fillLeaves(program);
      expectWithin(execute(engine, program, values, options), program, values, "in place");
    });

    test("a convolutional network and its gradients", () => {
      for (const [channels, filters, groups, padding] of [
        [1, 5, 1, 0],
        [3, 4, 1, 1],
        [4, 6, 2, 1],
      ] as const) {
        const x = g.parameter("x", [5, 8, 7, channels]);
        const w = g.parameter("w", [3, 3, channels / groups, filters]);
        const bias = g.parameter("bias", [filters]);
        const hidden = g.relu(g.add(g.conv2d(x, w, square({ kernel: 3, padding }), groups), bias));
        const pooled = g.maxPool(hidden, square({ kernel: 2, stride: 2 }));
        const row = g.reshape(pooled, [5, g.sizeOf(pooled.shape) / 5]);
        const last = g.parameter("last", [row.shape[1]!, 3]);
        const loss = g.mean(g.tanh(g.matmul(row, last)));
        const targets = [x, w, bias, last];
        const gradients = g.differentiate(loss, targets);
        const named = Object.fromEntries(targets.map(({ name }, i) => [name!, gradients[i]!]));
        const program = outputsOf({ loss, pooled, ...named });
        const values = fillLeaves(program);
        const share = expectWithin(execute(engine, program, values, options), program, values, `${channels} to ${filters}`);
        expect(share).toBeGreaterThan(0.9);
      }
    });
  });
}
