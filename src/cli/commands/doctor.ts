/** osolgil doctor: tries a run out in small before it trains. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { OsolgilError } from "../../core/errors.ts";
import type { Finding } from "../../core/findings.ts";
import { type Examined, examinations } from "../../doctor/examinations/index.ts";
import type { Examiner } from "../../doctor/examiner.ts";
import { wasmEngine } from "../../engine/wasm/wasm-engine.ts";
import { renderSvg } from "../../figures/index.ts";
import { loadDataset } from "../../files/data-files.ts";
import { rangeTestFigure } from "../../pages/range-test.ts";
import { writeAtomically } from "../../store/atomic-file.ts";
import { examinerOf } from "../../train/examiner.ts";
import { screen } from "../output.ts";
import { addRunOptions, type RunOptions, runFromOptions } from "../run-options.ts";
import { findingLines } from "../terminal/finding-lines.ts";
import { type Paint, painter, wrap } from "../terminal/format.ts";

interface DoctorOptions extends RunOptions {
  readonly out?: string;
  readonly json?: true;
}

export function doctorCommand(finish: (exitCode: number) => void): Command {
  return addRunOptions(
    new Command("doctor").description(
      "Tries a run out in small before it trains: data, first loss, whether it can learn by heart, and how fast.",
    ),
  )
    .option("--out <folder>", "where the curve of the learning rates goes, as range-test.svg")
    .option("--json", "what was found as one line of JSON")
    .action(async (path: string | undefined, options: DoctorOptions) => {
      const run = await runFromOptions(path, options);
      const examiner = examinerOf(run, loadDataset(run.data.definition, run.data.options), wasmEngine);
      const { color, columns, write } = screen();
      const paint = painter(color);
      const width = Math.min(columns, 100);
      const results: Record<string, unknown>[] = [];
      const findings: Finding[] = [];
      const say = (lines: readonly string[]) => {
        if (!options.json) write(`${lines.join("\n")}\n`);
      };
      say([""]);
      for (const { name, title, examine } of examinations) {
        const examined = attempt(examine, examiner);
        if (!examined) continue;
        findings.push(...examined.findings);
        const { smoothed: _, ...curve } = examined.curve ?? { smoothed: [] };
        results.push({ name, result: examined.result, ...(examined.curve && { curve }) });
        say(examinedLines(title.en, examined, width, paint));
        if (examined.curve && options.out !== undefined) {
          mkdirSync(options.out, { recursive: true });
          const file = join(options.out, "range-test.svg");
          writeAtomically(file, new TextEncoder().encode(renderSvg(rangeTestFigure(examined.curve), { theme: "auto" })));
          say([`      ${file}`]);
        }
      }
      if (options.json) write(`${JSON.stringify({ examinations: results, findings })}\n`);
      else say(["", ...closing(findings, width), ""]);
      finish(findings.some(({ severity }) => severity === "error") ? 1 : 0);
    });
}

/** What cannot be tried is itself a finding: the error says why. */
function attempt(examine: (examiner: Examiner) => Examined | undefined, examiner: Examiner): Examined | undefined {
  try {
    return examine(examiner);
  } catch (error) {
    if (!(error instanceof OsolgilError)) throw error;
    const { code, message, hint = "See the message." } = error;
    const cause = "the run does not fit its data";
    return { result: "could not be tried", findings: [{ code, severity: "error", message, evidence: {}, cause, advice: hint }] };
  }
}

function examinedLines(title: string, { result, findings }: Examined, width: number, paint: Paint): string[] {
  const worst = findings.some(({ severity }) => severity !== "note");
  const sign = worst ? paint("yellow", "!") : paint("green", "✓");
  const [first, ...others] = wrap(result, width - 34);
  return [
    `  ${sign} ${title.padEnd(30)}${paint("dim", first!)}`,
    ...others.map((line) => `${" ".repeat(34)}${paint("dim", line)}`),
    ...findings.flatMap((finding) => findingLines(finding, width, paint)),
  ];
}

function closing(findings: readonly Finding[], width: number): string[] {
  const serious = findings.filter(({ severity }) => severity !== "note").length;
  const text =
    serious === 0
      ? "Nothing speaks against training this."
      : `${serious} ${serious === 1 ? "thing needs" : "things need"} a look; \`osolgil explain ${findings.find(({ severity }) => severity !== "note")!.code}\` says more.`;
  return wrap(text, width - 2).map((line) => `  ${line}`);
}
