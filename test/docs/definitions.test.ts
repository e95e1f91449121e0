/** What an editor shows of a definition: where it comes from, and of an optimizer its formula with what the letters mean. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../../src");
const folders = [
  ...["layers", "activations", "initializers", "losses", "metrics"].map((name) => `nn/${name}`),
  ...["optimizers", "schedules", "penalties", "constraints"].map((name) => `optim/${name}`),
  "search/samplers",
  "search/pruners",
  "data/preprocessing",
  "data/augmentations",
];

/** The docstring right above each definition, by the definition's file. */
const docstrings = folders.flatMap((folder) =>
  readdirSync(join(src, folder)).flatMap((file): [string, string][] => {
    const text = readFileSync(join(src, folder, file), "utf8");
    const at = text.search(/^export const \w+ = define[A-Z]/m);
    if (at < 0) return [];
    const docstring = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, at));
    return [[`${folder}/${file}`, docstring?.[0] ?? ""]];
  }),
);

test.each(docstrings)("%s says its source", (_, docstring) => {
  expect(docstring).toMatch(/^ \* Source {3}\S/m);
});

test.each(docstrings.filter(([file]) => file.startsWith("optim/optimizers/")))("%s shows its formula", (_, docstring) => {
  expect(docstring).toMatch(/^ \* Formula {2}.*(\n \* {10}.*)*W <- W/m);
  expect(docstring).toMatch(/^ \* Symbols {2}\S/m);
});

test("there is something to check", () => {
  expect(docstrings.length).toBeGreaterThan(60);
});
