/** A figure may come from a file: what is wrong with it is said before anything is drawn. */
import { DataError } from "../core/errors.ts";
import { showValue, suggestName } from "../core/names.ts";
import { isPlainObject } from "../core/objects.ts";
import type { Figure, GraphPanel, ImagesPanel, PlotPanel } from "./figure.ts";
import { definitionOf, markKinds } from "./marks/index.ts";

const fail = (message: string, hint?: string): never => {
  throw new DataError("E_FIGURE", { message, hint });
};

/** @throws DataError  E_FIGURE: the place in the figure, what was expected there, what came */
export function checkFigure(figure: Figure): void {
  if (!isPlainObject(figure) || !Array.isArray(figure.panels))
    fail(`a figure must have a list of panels, received ${showValue(figure)}`);
  if (figure.panels.length === 0) fail("a figure must have a panel, received none");
  if (figure.columns !== undefined && !(Number.isSafeInteger(figure.columns) && figure.columns >= 1)) {
    fail(`columns must be an integer >= 1, received ${showValue(figure.columns)}`);
  }
  if (figure.aspect !== undefined && !(figure.aspect >= 0.1 && figure.aspect <= 10)) {
    fail(`aspect must be in [0.1, 10], received ${showValue(figure.aspect)}`);
  }
  for (const name of ["title", "caption"] as const) {
    if (figure[name] !== undefined && typeof figure[name] !== "string")
      fail(`${name} must be a text, received ${showValue(figure[name])}`);
  }
  for (const [name, choices] of Object.entries({ legend: ["auto", "direct", "top", "none"], language: ["en", "ko"] })) {
    const value = figure[name as "legend" | "language"];
    if (value !== undefined && !choices.includes(value)) {
      fail(`${name} must be one of ${choices.join(", ")}, received ${showValue(value)}`, suggestName(String(value), choices));
    }
  }
  figure.panels.forEach((panel: unknown, i) => {
    const path = `panels[${i}]`;
    if (!isPlainObject(panel)) fail(`${path} must be an object, received ${showValue(panel)}`);
    else if (Array.isArray(panel.marks)) checkPlot(panel as unknown as PlotPanel, path, figure);
    else if (Array.isArray(panel.images)) checkImages(panel as unknown as ImagesPanel, path);
    else if (isPlainObject(panel.graph)) checkGraph(panel as unknown as GraphPanel, path);
    else fail(`${path} must have marks, images or a graph, received ${showValue(panel)}`);
  });
}

function checkPlot(panel: PlotPanel, path: string, figure: Figure): void {
  for (const side of ["x", "y"] as const) {
    if (figure[side] && panel[side]) fail(`${path}.${side} and the figure's own ${side} exclude each other`, "Keep one of them.");
  }
  panel.marks.forEach((mark, i) => {
    if (!isPlainObject(mark) || !markKinds.includes(mark.kind)) {
      const kind = isPlainObject(mark) ? mark.kind : mark;
      fail(`${path}.marks[${i}]: there is no kind of mark ${showValue(kind)}`, suggestName(String(kind), markKinds));
    }
    const fault = definitionOf(mark).fault?.(mark);
    const name = "name" in mark && mark.name !== undefined ? ` '${mark.name}'` : "";
    for (const side of definitionOf(mark).counted ?? []) {
      if ((figure[side] ?? panel[side])?.scale !== "log") continue;
      fail(`${path}.marks[${i}], ${mark.kind}: the ${side} axis counts 0, 1, 2, ... and cannot be logarithmic`);
    }
    if (fault !== undefined) fail(`${path}.marks[${i}], ${mark.kind}${name}: ${fault}`);
  });
}

function checkImages({ images }: ImagesPanel, path: string): void {
  images.forEach(({ width, height, channels = 1, values }, i) => {
    const count = width * height * channels;
    const isRight = width >= 1 && height >= 1 && Number.isSafeInteger(count) && (channels === 1 || channels === 3);
    if (!isRight)
      fail(`${path}.images[${i}] must have a width, a height and 1 or 3 channels, received ${width}, ${height}, ${channels}`);
    if (values?.length !== count) {
      fail(
        `${path}.images[${i}]: values must have height * width * channels = ${count} numbers, received ${values?.length ?? "none"}`,
      );
    }
  });
}

function checkGraph({ graph: { nodes, edges } }: GraphPanel, path: string): void {
  if (!Array.isArray(nodes) || !Array.isArray(edges)) fail(`${path}.graph must have lists of nodes and edges`);
  const ids = new Set<string>();
  for (const { id } of nodes) {
    if (ids.has(id)) fail(`${path}.graph: two nodes have the id '${id}'`);
    ids.add(id);
  }
  for (const { from, to } of edges) {
    for (const id of [from, to]) if (!ids.has(id)) fail(`${path}.graph: an edge names '${id}', which is no node`);
  }
  // Nodes that nothing unplaced leads to are placed until none is left.
  let open = [...ids];
  while (open.length > 0) {
    const waiting = open.filter((id) => edges.some(({ from, to }) => to === id && open.includes(from)));
    if (waiting.length === open.length) fail(`${path}.graph: the edges form a circle through '${waiting[0]}'`);
    open = waiting;
  }
}
