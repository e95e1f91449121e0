/** The graph: tensors, the primitive operations, differentiation, programs and their plans. */
export { differentiate } from "./differentiate.ts";
export { conv2d } from "./primitives/conv.ts";
export * from "./primitives/elementwise.ts";
export { gather } from "./primitives/gather.ts";
export { type Geometry, type Pair, samePadding, squareWindows } from "./primitives/geometry.ts";
export { type MatmulOptions, matmul } from "./primitives/matmul.ts";
export { maxPool, maxPoolBack, sumPool, sumPoolBack } from "./primitives/pool.ts";
export { randomUniform } from "./primitives/random.ts";
export { max, mean, min, type ReduceName, type ReduceOptions, sum, sumTo } from "./primitives/reduce.ts";
export { reshape, transpose } from "./primitives/reshape.ts";
export { fold, patches } from "./primitives/windows.ts";
export { printProgram } from "./print.ts";
export { type Assignment, assign, collectLeaves, type Program, programInputs, programOrder } from "./program.ts";
export { broadcastShapes, type Shape, sameShape, showShape, sizeOf } from "./shape.ts";
export { substitute } from "./substitute.ts";
export {
  type Attribute,
  type Attributes,
  constant,
  type DType,
  describeTensor,
  input,
  iota,
  isLeaf,
  type LeafKind,
  type Meaning,
  named,
  type Operand,
  type Primitive,
  type PrimitiveKind,
  parameter,
  scalar,
  state,
  type Tensor,
  table,
  topologicalOrder,
} from "./tensor.ts";
