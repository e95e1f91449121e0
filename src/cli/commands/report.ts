/** osolgil report: a run or a study as one page that opens from the disk. */
import { join } from "node:path";
import { Command, Option } from "commander";
import type { Language } from "../../core/language.ts";
import { writeAtomically } from "../../store/atomic-file.ts";
import { findRun } from "../../store/list-runs.ts";
import { findStudy } from "../../store/study-folder.ts";
import { localeLanguage } from "../locale.ts";
import { screen } from "../output.ts";
import { reportOf } from "../report-of-run.ts";
import { studyReportOf } from "../report-of-study.ts";

interface ReportOptions {
  readonly root: string;
  readonly out?: string;
  readonly lang?: Language;
}

export function reportCommand(): Command {
  return new Command("report")
    .description(
      "Writes a run as a page: curves, what is taken for what, worst mistakes, first-layer weights. Or a study: the best trials, and where in the ranges they lie.",
    )
    .argument("<run>", "the folder or name of a run or study")
    .option("--out <file>", "the page (default: report.html in the folder)")
    .option("--root <folder>", "folder of the runs", "runs")
    .addOption(new Option("--lang <language>", "of the page (default: by the locale)").choices(["en", "ko"]))
    .action((given: string, options: ReportOptions) => {
      const study = findStudy(given);
      const path = study ?? findRun(given, options.root);
      const page = options.out ?? join(path, "report.html");
      const language = options.lang ?? localeLanguage();
      const text = study === undefined ? reportOf(path, options.root, language) : studyReportOf(path, language);
      writeAtomically(page, new TextEncoder().encode(text));
      screen().write(`${page}\n`);
    });
}
