/** osolgil search: tries what a study says, and tells what was best. */
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { OptionError } from "../../core/errors.ts";
import { resumeSearch, type SearchOptions, type SearchResult, search } from "../../execute/search.ts";
import { loadStudy } from "../../files/load-study.ts";
import { pruners } from "../../search/pruners/index.ts";
import { samplers } from "../../search/samplers/index.ts";
import { eventLine } from "../../store/event-log.ts";
import { systemCode } from "../../store/file-faults.ts";
import { reportError, screen } from "../output.ts";
import { describeDefinition, seconds, wholeNumber } from "../run-options.ts";
import { StudyReporter } from "../terminal/study-reporter.ts";
import type { Surroundings } from "./train.ts";

interface Options {
  readonly trials?: number;
  readonly workers?: number;
  readonly time?: number;
  readonly out?: string;
  readonly seed?: number;
  readonly data?: string;
  readonly resume?: string;
  readonly json?: true;
}

/** What a study can name beside its run, for --help: made from the definitions. */
function describeParts(): string {
  const parts = [samplers, pruners].map(({ kind, all }) => `  ${kind}\n${all.map(describeDefinition).join("\n")}`);
  return `\nWhat a study can name:\n${parts.join("\n")}\n`;
}

const exitCodes = { completed: 0, stopped: 130, failed: 1 } as const;

export function searchCommand(finish: (exitCode: number) => void, surroundings: Surroundings): Command {
  return new Command("search")
    .description("Tries what a study says, a trial in each of some processes, and tells what was best.")
    .argument("[study]", "study.json, or a study.ts that exports one: a run document, and the ranges of what is searched")
    .option("--trials <n>", "trials in all, in place of what the study says", wholeNumber(1))
    .option("--workers <n>", `trials at once (default: one for each core, ${availableParallelism()} here)`, wholeNumber(1))
    .option("--time <time>", "no trial begins after this time: 90s, 30m, 2h", seconds)
    .option("--out <folder>", "folder for the study, new or empty (default: a new one under studies/)")
    .option("--seed <n>", "decides what is tried, in place of what the study says", wholeNumber(0))
    .option("--data <folder>", "holds mnist/, cifar10/, ...; else OSOLGIL_DATA, else what npm brings")
    .option(
      "--resume <folder>",
      "goes on with the study in this folder where it was stopped or killed; --trials may ask for more",
    )
    .option("--json", "what happens, one line of JSON each, on standard output, and nothing else")
    .addHelpText("after", describeParts)
    .action(async (path: string | undefined, options: Options) => {
      finish(await searchOnce(path, options, surroundings));
    });
}

async function searchOnce(path: string | undefined, options: Options, { outputClosed }: Surroundings): Promise<number> {
  const { json, resume, out, seed, time, trials, workers, data } = options;
  checkOptions(path, options);
  const document = path === undefined ? undefined : await loadStudy(path);
  const reporter = json ? undefined : new StudyReporter(screen());
  const stopping = new AbortController();
  // The first Ctrl-C ends the trials under way, which are run again when the study goes on; a second one does not wait.
  const onSignal = () => {
    if (stopping.signal.aborted) process.exit(exitCodes.stopped);
    stopping.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  let hasBegun = false;
  const common: SearchOptions = {
    onOpen: (opened) => {
      hasBegun = true;
      reporter?.onOpen(opened);
      if (json) for (const note of opened.notes) process.stderr.write(`warning: ${note}\n`);
    },
    onLine: (line) => {
      if (json) process.stdout.write(eventLine(line));
      else reporter?.onLine(line);
    },
    onNews: (number, news) => reporter?.onNews(number, news),
    signal: AbortSignal.any([stopping.signal, outputClosed]),
    ...(time !== undefined && { seconds: time }),
    ...(trials !== undefined && { trials }),
    ...(workers !== undefined && { workers }),
    ...(data !== undefined && { data }),
  };
  try {
    const result =
      resume === undefined
        ? await search(document, { ...common, ...(out !== undefined && { out }), ...(seed !== undefined && { seed }) })
        : await resumeSearch(resume, { ...common, ...(document !== undefined && { document }) });
    reporter?.onEnd(result);
    return exitCodeOf(result, outputClosed);
  } catch (error) {
    reporter?.clear();
    const code = reportError(error);
    // What is wrong once trials have run is no fault of the input.
    return hasBegun ? exitCodes.failed : code;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

function exitCodeOf({ ended }: SearchResult, outputClosed: AbortSignal): number {
  // Time that is up has been asked for; a reader that has seen enough stops the study as Ctrl-C does.
  if (ended.code === "timeIsUp") return exitCodes.completed;
  if (outputClosed.aborted && systemCode(outputClosed.reason) !== "EPIPE") return exitCodes.failed;
  return exitCodes[ended.status];
}

function checkOptions(path: string | undefined, { resume, out, seed }: Options): void {
  if (resume === undefined) {
    if (path !== undefined) return;
    throw new OptionError("E_SEARCH_STUDY", {
      message: "a search needs a study, and none is given",
      hint: "Give study.json or study.ts, or --resume with the folder of a study.",
    });
  }
  const [name] = Object.entries({ "--out": out, "--seed": seed }).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new OptionError("E_RESUME_OPTION", {
    message: `--resume goes on with the study as it is, and takes no ${name}`,
    hint: "Leave it out, or start a new study.",
  });
}
