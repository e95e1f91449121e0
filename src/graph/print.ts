/** The graph in print: a line a tensor, with number, shape, name and formula. */
import { type Program, programOrder } from "./program.ts";
import { showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** The printed form of everything that the program computes; the same graph prints the same text. */
export function printProgram(program: Program): string {
  const numbers = new Map<Tensor, string>();
  const lines: string[] = [];
  let next = 0;
  for (const tensor of programOrder(program)) {
    if (tensor.primitive.name === "constant") {
      numbers.set(tensor, String(tensor.attributes.value));
      continue;
    }
    const label = `%${next++}`;
    numbers.set(tensor, label);
    const operands = tensor.inputs.map((one) => numbers.get(one));
    const attributes = Object.entries(tensor.attributes)
      .filter(([, value]) => value !== false)
      .map(([key, value]) => (value === true ? key : `${key}=${Array.isArray(value) ? showShape(value) : value}`));
    const type = `${tensor.dtype === "float32" ? "" : tensor.dtype}${showShape(tensor.shape)}`;
    const name = tensor.name === undefined ? "" : ` '${tensor.name}'`;
    const inside = [...operands, ...attributes].join(", ");
    lines.push(`${label.padEnd(5)} ${type.padEnd(14)} ${tensor.primitive.name}${name}${inside === "" ? "" : `(${inside})`}`);
  }
  for (const { state, value } of program.assignments) lines.push(`'${state.name}' <- ${numbers.get(value)}`);
  for (const [name, tensor] of Object.entries(program.outputs)) lines.push(`output ${name} = ${numbers.get(tensor)}`);
  return `${lines.join("\n")}\n`;
}
