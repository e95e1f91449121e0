/**
 * Layers of a computational graph, from left to right.
 *
 * Method   Sugiyama, Tagawa & Toda 1981: a node stands behind all that it takes from (longest path); an edge that passes over layers
 *          gets a place in each; the order within a layer follows the mean of the neighbours, forwards and backwards in turn.
 */
import type { GraphEdge } from "./figure.ts";

/** A node, or the place of an edge on its way over a layer. */
export interface Place {
  /** Undefined for an edge on its way. */
  readonly id: string | undefined;
  readonly layer: number;
  readonly before: Place[];
  readonly behind: Place[];
}

export interface LayeredGraph {
  /** Top to bottom within each layer. */
  readonly layers: readonly (readonly Place[])[];
  /** For each edge the places that it visits, the first and last its nodes. */
  readonly routes: readonly (readonly Place[])[];
}

/** @param edges  among the ids, without a circle */
export function layerGraph(ids: readonly string[], edges: readonly GraphEdge[]): LayeredGraph {
  const depth = depthsOf(ids, edges);
  const places = new Map(ids.map((id) => [id, { id, layer: depth.get(id)!, before: [], behind: [] } as Place]));
  const layers: Place[][] = Array.from({ length: Math.max(-1, ...depth.values()) + 1 }, () => []);
  for (const place of places.values()) layers[place.layer]!.push(place);
  const routes = edges.map(({ from, to }) => {
    const route = [places.get(from)!];
    const end = places.get(to)!;
    for (let layer = route[0]!.layer + 1; layer < end.layer; layer++) {
      const onTheWay: Place = { id: undefined, layer, before: [], behind: [] };
      layers[layer]!.push(onTheWay);
      route.push(onTheWay);
    }
    route.push(end);
    for (let i = 1; i < route.length; i++) {
      route[i - 1]!.behind.push(route[i]!);
      route[i]!.before.push(route[i - 1]!);
    }
    return route;
  });
  return { layers: ordered(layers), routes };
}

/** Longest path from a source; sources stand right before the first that takes from them. */
function depthsOf(ids: readonly string[], edges: readonly GraphEdge[]): Map<string, number> {
  const depth = new Map<string, number>();
  const visit = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    const found = 1 + Math.max(-1, ...edges.filter(({ to }) => to === id).map(({ from }) => visit(from)));
    depth.set(id, found);
    return found;
  };
  for (const id of ids) visit(id);
  for (const id of ids) {
    if (edges.some(({ to }) => to === id)) continue;
    const takers = edges.filter(({ from }) => from === id).map(({ to }) => depth.get(to)!);
    if (takers.length > 0) depth.set(id, Math.min(...takers) - 1);
  }
  return depth;
}

/** Edges of neighbouring layers that cross. */
function crossings(layers: readonly (readonly Place[])[]): number {
  let count = 0;
  for (const layer of layers.slice(1)) {
    const order = new Map((layers[layer[0]?.layer === undefined ? 0 : layer[0].layer - 1] ?? []).map((place, i) => [place, i]));
    const ends = layer.flatMap((place, i) => place.before.map((before) => [order.get(before)!, i] as const));
    for (const [a, i] of ends) for (const [b, j] of ends) if (a < b && i > j) count++;
  }
  return count;
}

function ordered(layers: readonly Place[][]): Place[][] {
  let current = layers.map((layer) => [...layer]);
  let best = current;
  let fewest = crossings(best);
  for (let round = 0; round < 12 && fewest > 0; round++) {
    const isForward = round % 2 === 0;
    const next = current.map((layer) => [...layer]);
    const sweep = next.map((_, i) => (isForward ? i : next.length - 1 - i)).slice(1);
    for (const i of sweep) {
      const order = new Map(next[isForward ? i - 1 : i + 1]!.map((place, at) => [place, at]));
      const own = new Map(next[i]!.map((place, at) => [place, at]));
      const wish = (place: Place): number => {
        const neighbours = isForward ? place.before : place.behind;
        if (neighbours.length === 0) return own.get(place)!;
        return neighbours.reduce((total, one) => total + order.get(one)!, 0) / neighbours.length;
      };
      const wishes = new Map(next[i]!.map((place) => [place, wish(place)]));
      next[i]!.sort((a, b) => wishes.get(a)! - wishes.get(b)! || own.get(a)! - own.get(b)!);
    }
    current = next;
    const found = crossings(current);
    if (found < fewest) [best, fewest] = [current, found];
  }
  return best;
}
