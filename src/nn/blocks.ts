/** Layers that hold layers: blocks. Which layers a model has in all, and how they stand in a short description. */
import type { ChosenLayer } from "./layers/define.ts";

/** The layers directly inside a layer: those in its options of type "layers", in their order. */
export function layersIn<L extends ChosenLayer>({ definition, options }: L): readonly L[] {
  const held = Object.entries(definition.options).filter(([, { type }]) => type === "layers");
  return held.flatMap(([name]) => (options[name] ?? []) as readonly L[]);
}

/** All layers, each block before what is inside it. */
export function allLayers<L extends ChosenLayer>(layers: readonly L[]): readonly L[] {
  return layers.flatMap((layer) => [layer, ...allLayers(layersIn(layer))]);
}

/** Rows that a batch in training has at the least, whatever the shapes between the layers are. */
export const fewestRows = (layers: readonly ChosenLayer[]): number =>
  Math.max(1, ...allLayers(layers).map(({ definition, options }) => definition.fewestRows?.([1], options) ?? 1));

/** "100-residual(100-100)x30-10": each layer in short, blocks that repeat told once. */
export function describeLayers(layers: readonly ChosenLayer[]): string {
  const parts: { readonly text: string; readonly isBlock: boolean; count: number }[] = [];
  for (const layer of layers) {
    const { definition, options } = layer;
    const text = definition.describe?.(options) ?? definition.name;
    const last = parts[parts.length - 1];
    if (text === "") continue;
    if (last?.isBlock && last.text === text) last.count++;
    else parts.push({ text, isBlock: layersIn(layer).length > 0, count: 1 });
  }
  return parts.map(({ text, count }) => (count > 1 ? `${text}x${count}` : text)).join("-");
}
