/** osolgil report: a run as one page that opens from the disk. */
import { join } from "node:path";
import { Command } from "commander";
import { writeAtomically } from "../../store/atomic-file.ts";
import { findRun } from "../../store/list-runs.ts";
import { screen } from "../output.ts";
import { reportOf } from "../report-of-run.ts";

interface ReportOptions {
  readonly root: string;
  readonly out?: string;
}

export function reportCommand(): Command {
  return new Command("report")
    .description("Writes a run as a page: curves, what is taken for what, worst mistakes, first-layer weights.")
    .argument("<run>", "the run's folder or name")
    .option("--out <file>", "the page (default: report.html in the run's folder)")
    .option("--root <folder>", "folder of the runs", "runs")
    .action((given: string, options: ReportOptions) => {
      const path = findRun(given, options.root);
      const page = options.out ?? join(path, "report.html");
      writeAtomically(page, new TextEncoder().encode(reportOf(path, options.root)));
      screen().write(`${page}\n`);
    });
}
