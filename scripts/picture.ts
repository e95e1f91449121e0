/**
 * The picture in the README: trains the main job, and draws what a terminal shows as SVG, light and dark.
 *
 *   node scripts/picture.ts
 */
import { writeFileSync } from "node:fs";
import { TerminalReporter } from "../src/cli/terminal/reporter.ts";
import { mainJob } from "../src/document/main-job.ts";
import { resolveRun } from "../src/document/resolve.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { loadDataset } from "../src/files/data-files.ts";
import { Session } from "../src/train/session.ts";
import { train } from "../src/train/train.ts";

interface Theme {
  readonly background: string;
  readonly border: string;
  readonly text: string;
  readonly dim: string;
  /** By SGR number: 31 red, 32 green, 33 yellow, 34 blue, 35 magenta, 36 cyan. */
  readonly colors: Readonly<Record<number, string>>;
}

const themes: Readonly<Record<string, Theme>> = {
  light: {
    background: "#fbfaf7",
    border: "#ddd8cc",
    text: "#2b2a27",
    dim: "#857f72",
    colors: { 31: "#b3261e", 32: "#2f7d4f", 33: "#9a6700", 34: "#2563a8", 35: "#8b3f8f", 36: "#0f7c86" },
  },
  dark: {
    background: "#1b1d21",
    border: "#33373e",
    text: "#e4e2dc",
    dim: "#8d9199",
    colors: { 31: "#f2857b", 32: "#7fc99a", 33: "#e0b354", 34: "#7db4ee", 35: "#d39ad6", 36: "#6cc7cf" },
  },
};

const [cellWidth, cellHeight, padding] = [8.4, 18, 22];

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A line with SGR codes as tspans. Each run of one style is placed by its column, so that no font can shift what follows. */
function drawLine(line: string, row: number, theme: Theme): string {
  let [bold, dim, color] = [false, false, theme.text];
  let column = 0;
  const parts: string[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts every colour code
  for (const piece of line.split(/(\u001b\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    const code = /^\u001b\[([\d;]*)m$/.exec(piece);
    if (code) {
      for (const number of code[1]!.split(";").map(Number)) {
        if (number === 0) [bold, dim, color] = [false, false, theme.text];
        else if (number === 1) bold = true;
        else if (number === 2) dim = true;
        else if (number === 22) [bold, dim] = [false, false];
        else if (number === 39) color = theme.text;
        else if (number === 90) color = theme.dim;
        else color = theme.colors[number] ?? color;
      }
      continue;
    }
    const x = padding + column * cellWidth;
    const width = [...piece].length;
    const fill = dim && color === theme.text ? theme.dim : color;
    if (piece.trim() !== "") {
      const leading = piece.length - piece.trimStart().length;
      const shown = piece.trim();
      const length = [...shown].length * cellWidth;
      parts.push(
        `<tspan x="${(x + leading * cellWidth).toFixed(1)}" textLength="${length.toFixed(1)}" fill="${fill}"${bold ? ' font-weight="600"' : ""}>${escapeXml(shown)}</tspan>`,
      );
    }
    column += width;
  }
  const y = padding + (row + 0.75) * cellHeight;
  return parts.length === 0 ? "" : `<text y="${y.toFixed(1)}" xml:space="preserve">${parts.join("")}</text>`;
}

function drawTerminal(text: string, theme: Theme): string {
  const lines = text.replace(/^\n+|\n+$/g, "").split("\n");
  const columns = 76;
  const width = 2 * padding + columns * cellWidth;
  const height = 2 * padding + lines.length * cellHeight;
  const fonts = "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height.toFixed(0)}" font-family="${fonts}" font-size="14" role="img" aria-label="The terminal while osolgil trains on MNIST">
<rect x="0.5" y="0.5" width="${(width - 1).toFixed(0)}" height="${(height - 1).toFixed(0)}" rx="10" fill="${theme.background}" stroke="${theme.border}"/>
${lines.map((line, row) => drawLine(line, row, theme)).join("\n")}
</svg>
`;
}

let text = "";
const reporter = new TerminalReporter({
  isTerminal: false,
  columns: 76,
  color: true,
  write: (part) => {
    text += part;
  },
});
const run = resolveRun(mainJob);
const session = new Session(run, loadDataset(run.data.definition, run.data.options), { engine: wasmEngine });
for (const event of train(session)) {
  reporter.onEvent(event.type === "run.ended" ? { ...event, folder: "runs/2026-11-22-0930" } : event);
}
for (const [name, theme] of Object.entries(themes)) {
  writeFileSync(new URL(`../docs/images/train-${name}.svg`, import.meta.url), drawTerminal(text, theme));
}
