/** Draws a computational graph: boxes with operation, value and gradient, edges as smooth curves. */
import type { GraphNode, GraphPanel } from "./figure.ts";
import { type LayeredGraph, layerGraph, type Place } from "./graph-layout.ts";
import { arrowHead } from "./markers.ts";
import { spread } from "./spread.ts";
import type { Command, Drawing } from "./surface.ts";
import { lineHeight, measureText } from "./text.ts";
import type { Point } from "./thin.ts";

/** Between layers: for curves that are still curves, and what is comfortable. */
const leastGap = 18;
const bestGap = 54;
/** Texts shrink by this much at most before the figure grows. */
const leastScale = 0.8;

interface NodeBox {
  readonly lines: readonly { readonly text: string; readonly kind: "label" | "value" | "gradient"; readonly size: number }[];
  readonly width: number;
  readonly height: number;
}

function boxOf({ label, value, gradient }: GraphNode, scale: number): NodeBox {
  const texts = { label, value, gradient };
  const lines = (["label", "value", "gradient"] as const).flatMap((kind) =>
    (texts[kind] ?? "")
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => ({ text, kind, size: (kind === "label" ? 13 : 11) * scale })),
  );
  const widths = lines.map(({ text, kind, size }) => measureText(text, size, kind === "label"));
  const height = lines.reduce((total, { size }) => total + lineHeight(size), 0);
  return { lines, width: Math.max(26, ...widths.map((width) => width + 12)), height: height + 9 };
}

/** The graph at a width: layers come nearer and texts shrink a little where it is narrow. */
export function layoutGraph({ graph: { nodes, edges } }: GraphPanel, width: number): Drawing {
  const layered = layerGraph(
    nodes.map(({ id }) => id),
    edges,
  );
  const { layers, routes } = layered;
  const gaps = Math.max(0, layers.length - 1);
  const widthsAt = (scale: number) => {
    const boxes = new Map(nodes.map((node) => [node.id, boxOf(node, scale)]));
    const widths = layers.map((layer) => Math.max(0, ...layer.map(({ id }) => (id === undefined ? 0 : boxes.get(id)!.width))));
    return { boxes, widths, taken: widths.reduce((total, one) => total + one, 0) };
  };
  // Boxes have margins that do not shrink: what fits lies between the two ends.
  const room = width - leastGap * gaps;
  const [most, least] = [widthsAt(1).taken, widthsAt(leastScale).taken];
  const fitting = leastScale + ((1 - leastScale) * (room - least)) / Math.max(1, most - least);
  const asked = widthsAt(Math.max(leastScale, Math.min(1, fitting)));
  const { boxes, widths, taken } = asked.taken <= room + 1 ? asked : widthsAt(leastScale);
  const boxAt = ({ id }: Place): NodeBox | undefined => (id === undefined ? undefined : boxes.get(id));
  const gap = gaps === 0 ? 0 : Math.max(leastGap, Math.min(bestGap, (width - taken) / gaps));
  const indent = Math.max(0, (width - taken - gap * gaps) / 2);
  const lefts = widths.map((_, i) => indent + widths.slice(0, i).reduce((total, one) => total + one + gap, 0));
  const { middles, height } = middlesOf(layered, (place) => (boxAt(place)?.height ?? 4) + 16);
  const byId = new Map(nodes.map((node) => [node.id, node]));

  return {
    height,
    least: least + leastGap * gaps,
    draw(surface, theme, left, top) {
      const leftOf = (place: Place): number =>
        left + lefts[place.layer]! + (widths[place.layer]! - (boxAt(place)?.width ?? 0)) / 2;
      const y = (place: Place): number => top + middles.get(place)!;
      /** Edges leave and enter a box at heights of their own, in the order of where they lead. */
      const port = (place: Place, neighbours: readonly Place[], other: Place): number => {
        const box = boxAt(place);
        if (!box || neighbours.length < 2) return y(place);
        const order = [...neighbours].sort((a, b) => middles.get(a)! - middles.get(b)!);
        const share = (order.indexOf(other) + 1) / (order.length + 1) - 0.5;
        return y(place) + share * Math.min(box.height - 8, 16 * order.length);
      };
      for (const route of routes) {
        const path: Command[] = [];
        let end: Point = [0, 0];
        for (const [i, to] of route.entries()) {
          const from = route[i - 1];
          if (!from) continue;
          const fromBox = boxAt(from);
          const start: Point = fromBox
            ? [leftOf(from) + fromBox.width, port(from, from.behind, to)]
            : [left + lefts[from.layer]! + widths[from.layer]!, y(from)];
          const isLast = i === route.length - 1;
          end = isLast ? [leftOf(to), port(to, to.before, from)] : [left + lefts[to.layer]!, y(to)];
          // The line ends under the head.
          const tip: Point = isLast ? [end[0] - 5, end[1]] : end;
          const bend = (tip[0] - start[0]) * 0.5;
          path.push([i === 1 ? "M" : "L", ...start], ["C", start[0] + bend, start[1], tip[0] - bend, tip[1], ...tip]);
        }
        surface.path(path, { stroke: theme.axis, width: 1.3 });
        surface.path(arrowHead([end[0] - 10, end[1]], end, 7), { fill: theme.axis });
      }
      for (const place of layers.flat()) {
        const box = boxAt(place);
        if (!box) continue;
        const [fill, stroke] = theme.boxes[byId.get(place.id!)!.role ?? "operation"];
        const frame = { left: leftOf(place), top: y(place) - box.height / 2, width: box.width, height: box.height };
        surface.rect(frame, { fill, stroke, width: 1.2 }, 6);
        let line = frame.top + 3.5;
        for (const { text, kind, size } of box.lines) {
          const colour = kind === "gradient" ? theme.gradient : theme.ink;
          surface.text(text, frame.left + box.width / 2, line + size, {
            size,
            colour,
            strong: kind === "label",
            anchor: "middle",
          });
          line += lineHeight(size);
        }
      }
    },
  };
}

/** Heights: each place near the mean of its neighbours, none over another, the order within a layer kept. */
function middlesOf(
  { layers }: LayeredGraph,
  sizeOf: (place: Place) => number,
): { readonly middles: ReadonlyMap<Place, number>; readonly height: number } {
  const sizes = layers.map((layer) => layer.map(sizeOf));
  const room = Math.max(0, ...sizes.map((layer) => layer.reduce((total, size) => total + size, 0)));
  const middles = new Map<Place, number>();
  for (const [i, layer] of layers.entries()) {
    let at = (room - sizes[i]!.reduce((total, size) => total + size, 0)) / 2;
    for (const [j, place] of layer.entries()) {
      middles.set(place, at + sizes[i]![j]! / 2);
      at += sizes[i]![j]!;
    }
  }
  for (let round = 0; round < 24; round++) {
    const sweep = [...layers.entries()];
    for (const [i, layer] of round % 2 === 0 ? sweep : sweep.reverse()) {
      let least = Number.NEGATIVE_INFINITY;
      const wishes = layer.map((place) => {
        const neighbours = [...place.before, ...place.behind];
        const sum = neighbours.reduce((total, one) => total + middles.get(one)!, 0);
        // Wishes grow along the layer, so that the order is kept.
        least = Math.max(least + 1e-6, neighbours.length === 0 ? middles.get(place)! : sum / neighbours.length);
        return least;
      });
      const placed = spread(wishes, sizes[i]!, 0, room + 1e-6)!;
      layer.forEach((place, j) => {
        middles.set(place, placed[j]!);
      });
    }
  }
  straighten(layers, sizes, middles);
  // What is not used above and below is cut off.
  const edges = layers.flatMap((layer, i) =>
    layer.map((place, j) => [middles.get(place)! - sizes[i]![j]! / 2, middles.get(place)! + sizes[i]![j]! / 2]),
  );
  const top = Math.min(...edges.map(([from]) => from!), room);
  const bottom = Math.max(...edges.map(([, to]) => to!), 0);
  return { middles: new Map([...middles].map(([place, middle]) => [place, middle - top])), height: Math.max(0, bottom - top) };
}

/** Brings chains, and edges that pass over several layers, to one height wherever their neighbours leave room. */
function straighten(layers: LayeredGraph["layers"], sizes: readonly (readonly number[])[], middles: Map<Place, number>): void {
  const next = (place: Place): Place | undefined =>
    place.behind.length === 1 && place.behind[0]!.before.length === 1 ? place.behind[0] : undefined;
  for (const first of layers.flat()) {
    // Only from where a chain begins.
    if (first.before.length === 1 && next(first.before[0]!) === first) continue;
    const chain = [first];
    for (let place = next(first); place; place = next(place)) chain.push(place);
    const room = chain.map((place) => {
      const layer = layers[place.layer]!;
      const i = layer.indexOf(place);
      const size = (at: number): number => sizes[place.layer]![at]!;
      const [above, below] = [layer[i - 1], layer[i + 1]];
      return [
        above ? middles.get(above)! + (size(i - 1) + size(i)) / 2 : Number.NEGATIVE_INFINITY,
        below ? middles.get(below)! - (size(i + 1) + size(i)) / 2 : Number.POSITIVE_INFINITY,
      ] as const;
    });
    const [from, to] = [Math.max(...room.map(([least]) => least)), Math.min(...room.map(([, most]) => most))];
    if (from > to) continue;
    const mean = chain.reduce((total, place) => total + middles.get(place)!, 0) / chain.length;
    for (const place of chain) middles.set(place, Math.max(from, Math.min(to, mean)));
  }
}
