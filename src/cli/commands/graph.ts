/** osolgil graph: the computational graph of a model or of a layer, with values and gradients for one example. */
import { Command } from "commander";
import { OptionError } from "../../core/errors.ts";
import { renderSvg } from "../../figures/index.ts";
import { loadDataset } from "../../files/data-files.ts";
import { graphFigure, someNumbers } from "../../pages/graph-figure.ts";
import { writeAtomically } from "../../store/atomic-file.ts";
import { graphOfRun, type SeenNode } from "../../train/computational-graph.ts";
import { screen } from "../output.ts";
import { addRunOptions, type RunOptions, runFromOptions, wholeNumber } from "../run-options.ts";

interface GraphOptions extends RunOptions {
  readonly layer?: string;
  readonly example: number;
  readonly out?: string;
  readonly json?: true;
}

/** A picture of more nodes is one that nobody reads. */
const mostNodes = 120;

export function graphCommand(): Command {
  return addRunOptions(
    new Command("graph").description(
      "Shows the computational graph of a model, or of one of its layers: on each node its value for one example, and the gradient that comes back.",
    ),
  )
    .option("--layer <name>", 'the layer that is taken apart, such as dense1 or batchNorm1; or "loss"')
    .option("--example <n>", "the example, among those that are learned from, from 0", wholeNumber(0), 0)
    .option("--out <file>", "writes the graph as a picture, an .svg file")
    .option("--json", "the nodes as one line of JSON, with all their numbers")
    .action(async (path: string | undefined, { layer, example, out, json, ...options }: GraphOptions) => {
      if (out !== undefined && !out.endsWith(".svg")) {
        throw new OptionError("E_GRAPH_FILE", { message: `--out names an .svg file, received '${out}'` });
      }
      const run = await runFromOptions(path, { ...options });
      const raw = loadDataset(run.data.definition, run.data.options);
      const nodes = graphOfRun(run, raw, { example, ...(layer !== undefined && { layer }) });
      const { write } = screen();
      write(json ? `${JSON.stringify(nodes)}\n` : textOf(nodes));
      if (out === undefined) return;
      if (nodes.length > mostNodes) {
        throw new OptionError("E_GRAPH_LARGE", {
          message: `a picture of ${nodes.length} nodes, more than ${mostNodes}, is not drawn`,
          hint: "Name one layer with --layer.",
        });
      }
      const what = layer ?? "The model";
      const caption = `In each box its name or operation, what it gives for example ${example}, and in colour the gradient of the loss with respect to it.`;
      writeAtomically(out, new TextEncoder().encode(renderSvg(graphFigure(what, caption, nodes), { theme: "auto" })));
      if (!json) write(`${out}\n`);
    });
}

/** A line a node: what it is, what it takes from, its value and its gradient. */
function textOf(nodes: readonly SeenNode[]): string {
  const names = new Map(nodes.map(({ id, label, isNamed }, i) => [id, isNamed ? label : `%${i}`]));
  const rows = nodes.map(({ id, label, role, from, shape, value, gradient }) => [
    names.get(id)!,
    role === "input" || role === "parameter"
      ? role
      : `${label === names.get(id) ? "" : `${label} `}(${from.map((one) => names.get(one)).join(", ")})`,
    `[${shape.join(", ")}]`,
    someNumbers(value, [value.length], 3).replace(/ \[\d+\]$/, ""),
    gradient ? someNumbers(gradient, [gradient.length], 3).replace(/ \[\d+\]$/, "") : "–",
  ]);
  const head = ["node", "from", "shape", "value", "gradient"];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd()}`;
  return `\n${[head, ...rows].map(line).join("\n")}\n\n`;
}
