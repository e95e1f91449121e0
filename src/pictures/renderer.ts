/**
 * The renderer of SVG and its fonts, made ready once, when this module is first imported.
 *
 * Source   resvg, as WebAssembly: the same pixels on every machine. Pretendard: Korean, Latin, Greek and signs in one font.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { unpackWoff } from "./woff.ts";

const read = (name: string): Uint8Array => readFileSync(fileURLToPath(import.meta.resolve(name)));
const weights = [400, 600];
const fonts = weights.map((weight) => unpackWoff(read(`@fontsource/pretendard/files/pretendard-latin-${weight}-normal.woff`)));

await initWasm(read("@resvg/resvg-wasm/index_bg.wasm"));

/** @returns the bytes of a PNG file */
export function pngOfSvg(svg: string, scale: number): Uint8Array {
  const renderer = new Resvg(svg, {
    font: { fontBuffers: [...fonts], defaultFontFamily: "Pretendard", loadSystemFonts: false } as { fontBuffers: Uint8Array[] },
    fitTo: { mode: "zoom", value: scale },
  });
  try {
    const image = renderer.render();
    const bytes = image.asPng();
    image.free();
    return bytes;
  } finally {
    renderer.free();
  }
}
