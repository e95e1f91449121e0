/** The tables of docs/doctor.md are those of the registries. OSOLGIL_UPDATE=1 writes them anew. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checks } from "../../src/doctor/checks/index.ts";
import { examinations } from "../../src/doctor/examinations/index.ts";
import { explanationOf } from "../../src/doctor/explain.ts";

const path = join(import.meta.dirname, "../../docs/doctor.md");
const digits = (value: number) => String(Number(value.toPrecision(3)));

const tables: Readonly<Record<string, readonly string[]>> = {
  before: [
    "| Tried | May find | Source |",
    "|---|---|---|",
    ...examinations.map(
      ({ title, codes, source }) =>
        `| ${title.en} | ${Object.keys(codes)
          .map((code) => `\`${code}\``)
          .join(", ")} | ${source} |`,
    ),
  ],
  during: [
    "| Code | What | Thresholds | Source | Explains |",
    "|---|---|---|---|---|",
    ...checks.map(({ code, thresholds, source, explains = [] }) => {
      const numbers = Object.entries(thresholds).map(([key, value]) => `${key} ${digits(value)}`);
      return `| \`${code}\` | ${explanationOf(code).name.en} | ${numbers.join(", ") || "–"} | ${source} | ${explains.join(", ") || "–"} |`;
    }),
  ],
};

test.each(Object.entries(tables))("the table of what is looked for %s training", (name, lines) => {
  const text = readFileSync(path, "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  expect(to).toBeGreaterThan(from - 1);
  const table = `${lines.join("\n")}\n`;
  if (process.env.OSOLGIL_UPDATE === "1") writeFileSync(path, text.slice(0, from) + table + text.slice(to));
  else expect(text.slice(from, to)).toBe(table);
});
