/** osolgil train: trains what a document says, and shows how it goes. */
import { Command, Option } from "commander";
import { wallClock } from "../../core/clock.ts";
import { OsolgilError } from "../../core/errors.ts";
import type { RunEnded, RunEvent } from "../../core/events.ts";
import type { ResolvedDocument } from "../../document/run-document.ts";
import { TrainerThread } from "../../execute/trainer-thread.ts";
import { eventLine } from "../../store/event-log.ts";
import { createRunFolder, type RunFolder } from "../../store/run-folder.ts";
import { reportError, screen } from "../output.ts";
import { addRunOptions, describeParts, type RunOptions, runFromOptions } from "../run-options.ts";
import { TerminalReporter } from "../terminal/reporter.ts";

interface TrainOptions extends RunOptions {
  readonly out?: string;
  readonly json?: true;
}

export function trainCommand(finish: (exitCode: number) => void, trainer?: TrainerThread): Command {
  return addRunOptions(new Command("train").description("Trains what a document says."))
    .option("--out <folder>", "folder for the run, new or empty (default: a new one under runs/)")
    .addOption(new Option("--json", "one event a line on standard output, and nothing else"))
    .addHelpText("after", describeParts)
    .action(async (path: string | undefined, options: TrainOptions) => {
      finish(await trainOnce(path, options, trainer));
    });
}

const exitCodes = { completed: 0, failed: 1, stopped: 130 } as const;

async function trainOnce(path: string | undefined, options: TrainOptions, trainer?: TrainerThread): Promise<number> {
  const run = await runFromOptions(path, options);
  const recorder = new Recorder(run.document, options);
  const stopping = new AbortController();
  // The first Ctrl-C ends after the step at hand; a second one does not wait.
  const onSignal = () => {
    if (stopping.signal.aborted) process.exit(exitCodes.stopped);
    stopping.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    const ended = await (trainer ?? new TrainerThread()).run(run.document, {
      onEvent: (event) => recorder.onEvent(event),
      onCheckpoint: (step, bytes) => recorder.onCheckpoint(step, bytes),
      signal: stopping.signal,
    });
    return exitCodes[ended.status];
  } catch (error) {
    if (!recorder.onFailure(error)) return reportError(error);
    // The terminal's summary has told the reason; what is a fault of ours is shown whole.
    if (options.json || !(error instanceof OsolgilError)) reportError(error);
    return exitCodes.failed;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
    recorder.close();
  }
}

/** Takes the events of a run to its folder and to whoever watches. The folder is made when training begins. */
class Recorder {
  private readonly document: ResolvedDocument;
  private readonly options: TrainOptions;
  private readonly show: (event: RunEvent) => void;
  private folder: RunFolder | undefined;
  private last: { step: number; epoch: number } = { step: 0, epoch: 0 };
  private isOver = false;

  constructor(document: ResolvedDocument, options: TrainOptions) {
    this.document = document;
    this.options = options;
    const reporter = options.json ? undefined : new TerminalReporter(screen());
    this.show = (event) => {
      if (reporter) reporter.onEvent(event);
      else process.stdout.write(eventLine(event));
    };
  }

  onEvent(event: RunEvent): void {
    if (event.type === "run.started") {
      this.folder = createRunFolder(this.options.out);
      this.folder.writeDocument({ ...this.document, numerics: event.numerics });
    }
    if ("step" in event && "epoch" in event) this.last = { step: event.step, epoch: event.epoch };
    const told = event.type === "run.ended" && this.folder ? { ...event, folder: this.folder.path } : event;
    this.isOver = event.type === "run.ended";
    this.folder?.appendEvent(told);
    this.show(told);
  }

  onCheckpoint(step: number, bytes: Uint8Array): void {
    if (!this.folder) return;
    this.folder.writeCheckpoint("last.safetensors", bytes);
    this.onEvent({ type: "checkpoint.saved", step, file: "checkpoints/last.safetensors", bytes: bytes.length });
  }

  /** Ends the stream of a run that broke off. Returns whether training had begun. */
  onFailure(error: unknown): boolean {
    if (!this.folder || this.isOver) return this.folder !== undefined;
    const reason = error instanceof Error ? error.message : String(error);
    const code = (error as { code?: unknown }).code;
    const ended: RunEnded = {
      type: "run.ended",
      status: "failed",
      at: wallClock(),
      ...this.last,
      reason,
      ...(typeof code === "string" && { code }),
      metrics: { trainSeconds: 0, stepsPerSecond: 0 },
    };
    try {
      this.onEvent(ended);
    } catch {
      // The folder cannot take it (it may be what failed); whoever watches is told all the same.
      this.show({ ...ended, folder: this.folder.path });
    }
    return true;
  }

  close(): void {
    this.folder?.close();
  }
}
