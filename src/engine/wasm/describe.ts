/** Kernels as people name them, and the work in them. */
import { isLeaf, type Tensor } from "../../graph/index.ts";
import { isPlain, type Kernel, writesOf } from "../../graph/plan/kernel.ts";
import type { Plan, PlanStep } from "../../graph/plan/plan.ts";
import type { ProfiledKernel } from "../profile.ts";

/** Multiply-adds of a kernel's products, times two. */
export function flopsOf(kernel: Kernel): number {
  if (kernel.kind === "matmul") return 2 * kernel.m * kernel.n * kernel.k;
  if (kernel.kind !== "filterGradient") return 0;
  const { images, counts, geometry, channels } = kernel.windows;
  return 2 * images * counts[0] * counts[1] * geometry.kernel[0] * geometry.kernel[1] * channels * kernel.filters;
}

function shapeOf(kernel: Kernel): string {
  switch (kernel.kind) {
    case "matmul":
      return `${kernel.windows ? "convolution" : "product"} ${kernel.m} x ${kernel.k} x ${kernel.n}`;
    case "rows":
      return `rows ${kernel.rows} x ${kernel.columns}`;
    case "columns":
      return `${kernel.name} of ${kernel.size} x ${kernel.columns}`;
    case "pool":
      return `${kernel.name} ${kernel.rows} x ${kernel.columns}`;
    case "pack":
      return `pack ${kernel.k} x ${kernel.n}${kernel.transposed ? " transposed" : ""}`;
    case "random":
      return `random ${kernel.rows} x ${kernel.columns}`;
    case "chunkReduction":
      return `${kernel.name} of ${kernel.images * kernel.rowsPerImage} x ${kernel.columns} by chunks`;
    case "filterGradient":
      return `filters' gradient ${kernel.windows.images} images x ${kernel.filters}`;
    default:
      return `${kernel.kind} [${kernel.target.shape.join(", ")}]`;
  }
}

/** What a kernel is for: the state that it updates, or the layer whose output it writes. */
function purposeOf(kernel: Kernel, inPlace: Plan["inPlace"]): string {
  const names = new Set<string>();
  const add = (tensor: Tensor) => {
    const { name } = inPlace.get(tensor) ?? tensor;
    if (name !== undefined && !name.includes("/")) names.add(name);
  };
  for (const tensor of writesOf(kernel)) add(tensor);
  if (names.size === 0 && isPlain(kernel)) for (const tensor of kernel.sources) if (!isLeaf(tensor, "input")) add(tensor);
  return names.size > 0 ? ` -> ${[...names].join(", ")}` : "";
}

export function describeStep(program: string, { kernel }: PlanStep, { inPlace }: Plan): ProfiledKernel {
  return { program, label: `${shapeOf(kernel)}${purposeOf(kernel, inPlace)}`, kind: kernel.kind, flops: flopsOf(kernel) };
}
