/** Kernels as people name them, and the work in them. */
import { isLeaf, type Tensor } from "../../graph/index.ts";
import { gathersRows, type Kernel, readsOf, writesOf } from "../../graph/plan/kernel.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import { type ProfiledKernel, ProfileMarks, type Profiler } from "../profile.ts";
import { skipsZeros } from "./matmul-code.ts";

/** Multiply-adds of a kernel's products, times two. */
export function flopsOf(kernel: Kernel): number {
  if (kernel.kind === "matmul") return 2 * kernel.m * kernel.n * kernel.k;
  if (kernel.kind !== "filterGradient") return 0;
  const { images, counts, geometry, channels } = kernel.windows;
  return 2 * images * counts[0] * counts[1] * geometry.kernel[0] * geometry.kernel[1] * channels * kernel.filters;
}

/** What a kernel does, and its sizes. */
function workOf(kernel: Kernel): readonly [name: string, sizes: string] {
  switch (kernel.kind) {
    case "matmul":
      return [kernel.windows ? "convolution" : "product", `${kernel.m} x ${kernel.k} x ${kernel.n}`];
    case "rows":
      return [gathersRows(kernel) ? "gather" : "rows", `${kernel.rows} x ${kernel.columns}`];
    case "columns":
      return kernel.stage === "blocks"
        ? [`${kernel.name} by ${kernel.images ? "chunks" : "blocks"}`, `of ${kernel.outer * kernel.size} x ${kernel.columns}`]
        : [kernel.name, `of ${kernel.size} x ${kernel.columns}`];
    case "pool":
      return [kernel.name, `${kernel.rows} x ${kernel.columns}`];
    case "pack":
      return [kernel.transposed ? "pack transposed" : "pack", `${kernel.k} x ${kernel.n}`];
    case "random":
      return ["random", `${kernel.rows} x ${kernel.columns}`];
    case "filterGradient":
      return ["filters' gradient", `${kernel.windows.images} images x ${kernel.filters}`];
    default:
      return [kernel.kind, `[${kernel.target.shape.join(", ")}]`];
  }
}

const mostNames = 2;

/** The name of a layer's output, a parameter, a running statistic, a table; not those of slots and of the like. */
function nameOf(tensor: Tensor): string | undefined {
  const isKnown = !isLeaf(tensor, "input") && !isLeaf(tensor, "scalar");
  return isKnown && !tensor.name?.includes("/") ? tensor.name : undefined;
}

function listed(arrow: string, names: Iterable<string | undefined>): string {
  const list = [...new Set(names)].filter((name) => name !== undefined);
  return list.length === 0 ? "" : ` ${arrow} ${list.slice(0, mostNames).join(", ")}${list.length > mostNames ? ", ..." : ""}`;
}

/** What each kernel of a plan is for: what it writes, where that has a name; else what it reads, or else whom it writes for. */
function purposesOf({ steps, inPlace, outputs }: Plan): string[] {
  const outputNames = new Map(Object.entries(outputs).map(([name, tensor]) => [tensor, name]));
  const known = (tensor: Tensor) => nameOf(inPlace.get(tensor) ?? tensor);
  const kernels = steps.map(({ kernel }) => kernel);
  const written = (kernel: Kernel) => writesOf(kernel).map((tensor) => known(tensor) ?? outputNames.get(tensor));
  const readersOf = (kernel: Kernel) => {
    const writes = new Set(writesOf(kernel));
    return kernels.filter((other) => readsOf(other).some(({ tensor }) => writes.has(tensor)));
  };
  /** What the nearest kernels after this one write that has a name. */
  const servedBy = (kernel: Kernel): string => {
    const seen = new Set([kernel]);
    let near = [kernel];
    while (near.length > 0) {
      near = [...new Set(near.flatMap(readersOf))].filter((reader) => !seen.has(reader));
      const names = listed("for", near.flatMap(written));
      if (names !== "") return names;
      for (const reader of near) seen.add(reader);
    }
    return "";
  };
  const packed = new Map(kernels.flatMap((one) => (one.kind === "pack" ? [[one.target, one.sources[0]]] : [])));
  return kernels.map((kernel) => {
    const right = kernel.kind === "matmul" ? known(packed.get(kernel.panels) ?? kernel.panels) : undefined;
    const reads = right === undefined ? readsOf(kernel).map(({ tensor }) => known(tensor)) : [right];
    return listed("->", written(kernel)) || listed("<-", reads) || servedBy(kernel);
  });
}

/** The kernels of a program, after waiting, in the order of their numbers. */
function describeProgram(program: string, plan: Plan): ProfiledKernel[] {
  const waiting = "waiting for other threads";
  const purposes = purposesOf(plan);
  return [
    { program, label: waiting, shortLabel: waiting, kind: "wait", flops: 0, skipsZeros: false },
    ...plan.steps.map(({ kernel }, step) => {
      const [name, sizes] = workOf(kernel);
      return {
        program,
        label: `${name} ${sizes}${purposes[step]}`,
        shortLabel: `${name}${purposes[step]}`,
        kind: kernel.kind,
        flops: flopsOf(kernel),
        skipsZeros: kernel.kind === "matmul" && skipsZeros(kernel),
      };
    }),
  ];
}

/** What measures the wasm engine. */
export const wasmProfiler: Profiler = {
  createMarks: (threads) => new ProfileMarks(threads),
  describe: (program, plan) => describeProgram(program, plan as Plan),
};
