/** Writes every sample as SVG and as PNG, light and dark, into a folder: `node test/figures/show.ts FOLDER [NAME ...]`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderSvg } from "../../src/figures/index.ts";
import { renderPng } from "../../src/pictures/render-png.ts";
import { samples } from "./samples.ts";

const [folder = "figures", ...asked] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const [name, figure] of Object.entries(samples)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  writeFileSync(join(folder, `${name}.svg`), renderSvg(figure, { theme: "auto" }));
  for (const theme of ["light", "dark"] as const) {
    writeFileSync(join(folder, `${name}-${theme}.png`), await renderPng(figure, { theme }));
  }
}
