import { expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";

test("the printed form of a small training step", () => {
  const images = g.table("images", [100, 4], "uint8");
  const rows = g.input("rows", [8], "int32");
  const x = g.mul(g.gather(images, rows), 0.5);
  const w = g.parameter("w", [4, 3]);
  const hidden = g.named("hidden", g.relu(g.matmul(x, w)));
  const loss = g.mean(hidden);
  const [gradient] = g.differentiate(loss, [w]);
  const update = g.assign(w, g.sub(w, g.mul(g.scalar("rate"), gradient!)));
  expect(g.printProgram({ outputs: { loss }, assignments: [update] })).toMatchInlineSnapshot(`
    "%0    [4, 3]         parameter 'w'
    %1    []             scalar 'rate'
    %2    uint8[100, 4]  table 'images'
    %3    int32[8]       input 'rows'
    %4    [8, 4]         gather(%2, %3)
    %5    [8, 4]         mul(%4, 0.5)
    %6    [8, 3]         matmul(%5, %0)
    %7    [8, 3]         relu 'hidden'(%6)
    %8    [8, 3]         greater(%7, 0)
    %9    [1, 1]         reshape(0.041666666666666664)
    %10   [1, 1, 1]      reshape(%9)
    %11   [1, 24, 1]     identity(%10)
    %12   [8, 3]         reshape(%11)
    %13   [8, 3]         select(%8, %12, 0)
    %14   [4, 3]         matmul(%5, %13, transposeA)
    %15   [4, 3]         mul(%1, %14)
    %16   [4, 3]         sub(%0, %15)
    %17   [1, 24, 1]     reshape(%7)
    %18   [1, 1]         sum(%17)
    %19   []             reshape(%18)
    %20   []             mul(%19, 0.041666666666666664)
    'w' <- %16
    output loss = %20
    "
  `);
});

test("the same graph prints the same text, whatever was built beside it", () => {
  const build = () => {
    const x = g.input("x", [2, 3]);
    return g.printProgram({ outputs: { y: g.sum(g.transpose(g.exp(x)), 1, { keepDims: true }) }, assignments: [] });
  };
  const first = build();
  g.exp(g.input("other", [7]));
  expect(build()).toBe(first);
});
