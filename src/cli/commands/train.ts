/** osolgil train: trains what a document says, and shows how it goes. */
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import { OptionError, OsolgilError } from "../../core/errors.ts";
import type { RunEvent } from "../../core/events.ts";
import { mostThreads } from "../../engine/threads.ts";

import type { RunProfile } from "../../execute/messages.ts";
import { TrainerThread } from "../../execute/trainer-thread.ts";
import { writeAtomically } from "../../store/atomic-file.ts";
import { eventLine } from "../../store/event-log.ts";
import { fileFault, systemCode } from "../../store/file-faults.ts";
import { localeLanguage } from "../locale.ts";
import { reportError, screen } from "../output.ts";
import { Recorder } from "../recorder.ts";
import { openResumed, type Resumed, refuseChanges } from "../resume.ts";
import { addRunOptions, describeParts, type RunOptions, runFromOptions, seconds, wholeNumber } from "../run-options.ts";
import { TerminalReporter } from "../terminal/reporter.ts";

interface TrainOptions extends RunOptions {
  readonly threads?: number;
  readonly out?: string;
  readonly profile?: true;
  readonly resume?: string;
  readonly force?: true;
  readonly checkpointEvery?: number;
  readonly json?: true;
  readonly report: boolean;
}

/** What a command gets from the process around it. */
export interface Surroundings {
  /** A thread that is loading already. */
  readonly trainer?: TrainerThread | undefined;
  /** Aborted with the error when standard output cannot be written any more. */
  readonly outputClosed: AbortSignal;
}

export function trainCommand(finish: (exitCode: number) => void, surroundings: Surroundings): Command {
  return addRunOptions(new Command("train").description("Trains what a document says."))
    .option("--out <folder>", "folder for the run, new or empty (default: a new one under runs/)")
    .option(
      "--threads <n>",
      "threads that work on a step (default: one for each core, up to 4); the results are the same to the bit",
      wholeNumber(1),
    )
    .option("--resume <folder>", "goes on with the run in this folder where it was stopped or killed, to the same bits")
    .option("--force", "with --resume: goes on although data, numerics or document are not what they were")
    .option("--checkpoint-every <seconds>", "time between checkpoints within an epoch (default: 5)", seconds)
    .option("--no-report", "writes no page of the run at its end")
    .option("--profile", "measures where the time of a step goes: a table at the end, profile.json and trace.json in the folder")
    .addOption(new Option("--json", "one event a line on standard output, and nothing else"))
    .addHelpText("after", describeParts)
    .action(async (path: string | undefined, options: TrainOptions) => {
      finish(await trainOnce(path, options, surroundings));
    });
}

const exitCodes = { completed: 0, failed: 1, stopped: 130 } as const;

async function trainOnce(
  path: string | undefined,
  options: TrainOptions,
  { trainer, outputClosed }: Surroundings,
): Promise<number> {
  const resumed = options.resume === undefined ? undefined : openToResume(path, options);
  if (resumed?.isOver) return tellAgain(resumed, options);
  const run = resumed?.run ?? (await runFromOptions(path, options, options.json ? undefined : showMade));
  const threads = chooseThreads(options.threads);
  const reporter = options.json ? undefined : new TerminalReporter(screen());
  const show = (event: RunEvent) => {
    if (reporter) reporter.onEvent(event);
    else process.stdout.write(eventLine(event));
  };
  if (reporter && resumed) for (const event of resumed.events) reporter.onEvent(event);
  const recorder = new Recorder(run.document, { out: options.out, ...(resumed && { resumed }), show });
  let isProfiled = false;
  const onProfile = (step: number, profile: RunProfile) => {
    isProfiled = true;
    reporter?.onProfile(profile.summary);
    recorder.onProfile(step, profile);
  };
  const stopping = new AbortController();
  // The first Ctrl-C ends after the step at hand; a second one does not wait.
  const onSignal = () => {
    if (stopping.signal.aborted) process.exit(exitCodes.stopped);
    stopping.abort();
    if (process.stderr.isTTY) process.stderr.write("\nstopping after this step; Ctrl-C again ends at once\n");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    const ended = await (trainer ?? new TrainerThread()).run(run.document, {
      onEvent: (event) => recorder.onEvent(event),
      onCheckpoint: (file, step, bytes) => recorder.onCheckpoint(file, step, bytes),
      ...(options.checkpointEvery !== undefined && { checkpointEverySeconds: options.checkpointEvery }),
      ...(resumed && { resume: resumed.resume }),
      ...(options.profile && { onProfile }),
      signal: AbortSignal.any([stopping.signal, outputClosed]),
      ...(threads !== undefined && { threads }),
    });
    if (options.profile && !isProfiled) process.stderr.write("warning: the run ended before a step was measured for --profile\n");
    if (recorder.failure !== undefined) return reportFailure(recorder.failure, options);
    if (reporter && options.report && recorder.path !== undefined) await writeReport(recorder.path, reporter);
    // A reader that has seen enough (`| head`) stops the run as Ctrl-C does; any other loss of the output is a failure.
    const { reason } = outputClosed;
    if (outputClosed.aborted && systemCode(reason) !== "EPIPE") {
      return reportFailure(fileFault("standard output cannot be written", reason), { json: true });
    }
    return exitCodes[ended.status];
  } catch (error) {
    return recorder.onFailure(error) ? reportFailure(error, options) : reportError(error);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
    recorder.close();
  }
}

/** The page of a run that is over. A run without it is a run all the same. */
async function writeReport(folder: string, reporter: TerminalReporter): Promise<void> {
  const { reportOf } = await import("../report-of-run.ts");
  const file = join(folder, "report.html");
  try {
    writeAtomically(file, new TextEncoder().encode(reportOf(folder, dirname(folder), localeLanguage())));
    reporter.onReport(file);
  } catch (error) {
    process.stderr.write(`warning: no report was written: ${(error as Error).message}\n`);
  }
}

/** A document that was made for a table: what was decided, and the document, to be kept and changed. */
function showMade(document: Readonly<Record<string, unknown>>, notes: readonly string[]): void {
  const sections = Object.entries(document).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const [what, ...others] = notes;
  screen().write(`\n  ${[what, ...others.map((note) => `  ${note}`)].join("\n  ")}\n\n{\n${sections.join(",\n")}\n}\n`);
}

function openToResume(path: string | undefined, options: TrainOptions): Resumed {
  const { resume, out, set, epochs, iterations, seed, numerics, target, force = false } = options;
  refuseChanges({
    document: path,
    "--out": out,
    "--set": set.length > 0 ? set : undefined,
    "--epochs": epochs,
    "--iterations": iterations,
    "--seed": seed,
    "--numerics": numerics,
    "--target": target,
  });
  const resumed = openResumed(resume!, force);
  if (!resumed.isOver) for (const note of resumed.notes) process.stderr.write(`warning: ${note}\n`);
  return resumed;
}

/** A completed run has nothing to go on with: its end is told as it was. */
function tellAgain({ events, ended }: Extract<Resumed, { isOver: true }>, { json }: TrainOptions): number {
  if (json) process.stdout.write(eventLine(ended));
  else {
    const reporter = new TerminalReporter(screen());
    for (const event of events) reporter.onEvent(event);
  }
  return exitCodes.completed;
}

/** The threads asked for, or one for each core; says so where there are more than cores. */
function chooseThreads(asked: number | undefined): number | undefined {
  if (asked === undefined) return undefined;
  const cores = availableParallelism();
  if (asked > mostThreads) {
    throw new OptionError("E_THREADS", { message: `--threads is at most ${mostThreads}, received ${asked}` });
  }
  if (asked > cores) {
    const have = cores === 1 ? "one core" : `${cores} cores`;
    process.stderr.write(`warning: ${asked} threads on ${have} wait for each other; the results are the same, but later\n`);
  }
  return asked;
}

/** After training had begun: the terminal's summary has told the reason, what to do is still missing there. */
function reportFailure(error: unknown, { json }: Pick<TrainOptions, "json">): number {
  if (json || !(error instanceof OsolgilError)) reportError(error);
  else if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
  return exitCodes.failed;
}
