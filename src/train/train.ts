/**
 * The training loop: steps, measurements and events, until the run's length is reached, nothing becomes better any more, it is asked
 * to stop, or the loss is no longer a number. Whoever drives it gets each event as it comes, and may stop, or take a checkpoint,
 * between any two of them.
 */
import { nowMs, sharedNowMs, wallClock } from "../core/clock.ts";
import { EngineError } from "../core/errors.ts";
import {
  eventVersion,
  type FirstNonFinite,
  type RunEnded,
  type RunEvent,
  type RunStarted,
  type RunStatus,
  type Scores,
} from "../core/events.ts";
import { Average } from "./average.ts";
import { type Checkpoint, encodeCheckpoint, isPreparation } from "./checkpoint.ts";
import { Looks } from "./looks.ts";
import { Monitor } from "./monitor.ts";
import { type TrainingState, takeUp } from "./resume.ts";
import type { NamedTensor } from "./safetensors.ts";
import type { Session } from "./session.ts";
import { storePreparation } from "./stored-preparation.ts";

/** What a training may be asked while it goes. */
export interface TrainControl {
  /** Asked before each step. */
  readonly shouldStop?: () => boolean;
  /** When the process started (see sharedNowMs), so that the time to the first step can be told. */
  readonly processStartMs?: number;
  /** Where an earlier part of the run ended. */
  readonly resume?: ResumeFrom;
  /** Steps between two looks into the model, once the first are over; never where absent. They change no bit of the training. */
  readonly probeEvery?: number;
  /** How often `eventsWithPauses` gives way, in milliseconds; never where absent. */
  readonly pauseEveryMs?: number;
}

/** Where a run goes on: the checkpoint that an earlier part of it left. */
export interface ResumeFrom {
  /** What `Trainer.checkpoint` gave; absent where the run had not come to a first. */
  readonly checkpoint?: Checkpoint;
  /** What `Trainer.best` gave, where it had. */
  readonly best?: Checkpoint;
  /** What is told of the checkpoint in the event: its file. */
  readonly from?: string;
  /** Goes on although numerics, data or document are others than those of the checkpoint. */
  readonly force?: boolean;
  /** Seconds that the run has taken so far. */
  readonly seconds?: number;
}

/** Progress is told this often in an epoch, and at least once a second. */
const progressPerEpoch = 20;

const nonFinite = (loss: number) => (Number.isNaN(loss) ? "NaN" : "infinite");

/** The best weights of a run so far. */
interface Best {
  readonly step: number;
  readonly tensors: readonly NamedTensor[];
}

/** Trains a session step by step, and tells what happens: the loop that `train` and `fit` share. */
export class Trainer {
  private readonly session: Session;
  private readonly control: TrainControl;
  private readonly monitor: Monitor;
  private readonly window: Average;
  private readonly epochAverage: Average;
  private stored: ReturnType<typeof storePreparation> | undefined;
  private done = 0;
  private closedEpochs = 0;
  private trainingScores: Scores | undefined;
  private validation: Scores | undefined;
  private bestWeights: Best | undefined;
  /** Why the model is not looked into, where it should be. */
  private unseen: string | undefined;
  /** The checkpoint at the end of the run, from before its best weights took the place of its last. */
  private lastCheckpoint: Uint8Array<ArrayBuffer> | undefined;

  /**
   * @throws DocumentError  the document monitors what is not measured
   * @throws TrainingError  E_CHECKPOINT_MISFIT, E_RESUME_NUMERICS, E_RESUME_DATA, E_RESUME_DOCUMENT: the checkpoint to resume from is
   *                        not one of this run
   */
  constructor(session: Session, control: TrainControl = {}) {
    this.session = session;
    this.control = control;
    const counting = session.dataset.task.kind === "classification";
    [this.window, this.epochAverage] = [new Average(counting), new Average(counting)];
    const { monitor, earlyStopping } = session.run.document.training;
    this.monitor = new Monitor(monitor, session.goals, earlyStopping);
    if (control.resume) this.takeUp(control.resume);
  }

  private takeUp({ checkpoint, best, force = false }: ResumeFrom): void {
    if (!checkpoint) return;
    const state = takeUp(this.session, checkpoint, force);
    [this.done, this.closedEpochs] = [state.step, state.closedEpochs];
    this.window.state = state.window;
    this.epochAverage.state = state.epoch;
    this.monitor.current = state.monitor;
    [this.trainingScores, this.validation] = [state.trainingScores, state.validation];
    // A newer best is written again on the way, by the same steps as the first time.
    if (best && state.monitor.best) {
      const tensors = [...best.tensors].flatMap(([name, tensor]) => (isPreparation(name) ? [] : [{ name, ...tensor }]));
      this.bestWeights = { step: state.monitor.best.step, tensors };
    }
  }

  /** All that decides how the run goes on, as it is now. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    if (this.lastCheckpoint) return this.lastCheckpoint;
    const { trainingScores, validation } = this;
    const state: TrainingState = {
      step: this.done,
      closedEpochs: this.closedEpochs,
      window: this.window.state,
      epoch: this.epochAverage.state,
      monitor: this.monitor.current,
      schedule: this.session.scheduleMemory,
      ...(trainingScores && { trainingScores }),
      ...(validation && { validation }),
    };
    return this.encode("state", this.session.readStates(), state);
  }

  /** The weights that were best so far, for predictions, and after which step they were found; undefined before the first epoch's end. */
  best(): { readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> } | undefined {
    if (!this.bestWeights) return undefined;
    const { step, tensors } = this.bestWeights;
    const { best } = this.monitor.current;
    return { step, bytes: this.encode("weights", tensors, best) };
  }

  /** After which step the best weights so far were found. */
  get bestStep(): number | undefined {
    return this.bestWeights?.step;
  }

  private encode(holds: "state" | "weights", tensors: readonly NamedTensor[], state: unknown): Uint8Array<ArrayBuffer> {
    const { run, numerics, dataFingerprint } = this.session;
    this.stored ??= storePreparation(this.session.preparation);
    return encodeCheckpoint([...tensors, ...this.stored.tensors], {
      holds,
      numerics,
      data: dataFingerprint,
      document: JSON.stringify({ ...run.document, numerics }),
      ...this.stored.metadata,
      state: JSON.stringify(state),
    });
  }

  /** Trains. The last event is returned as well. Once for each trainer. */
  *events(): Generator<RunEvent, RunEnded> {
    const all = this.eventsWithPauses();
    for (;;) {
      const { done, value } = all.next();
      if (done) return value;
      if (value !== undefined) yield value;
    }
  }

  /** As `events`, with undefined between two steps wherever others should have their turn. */
  *eventsWithPauses(): Generator<RunEvent | undefined, RunEnded> {
    const { session, window, epochAverage, monitor } = this;
    const { steps, stepsPerEpoch } = session;
    const { shouldStop = () => false, processStartMs, resume, pauseEveryMs = Number.POSITIVE_INFINITY } = this.control;
    let pausedMs = nowMs();
    const { earlyStopping } = session.run.document.training;
    const looks = this.looksInto();
    yield this.opening();
    const before = resume?.seconds ?? 0;
    const every = Math.max(1, Math.floor(stepsPerEpoch / progressPerEpoch));
    const began = nowMs();
    const seconds = () => before + (nowMs() - began) / 1000;
    // Time in steps alone: all that lies between two marks but for what happens while an event is handled or data evaluated.
    let [trainMs, windowMs, mark] = [0, 0, began];
    const first = this.done;
    let windowStart = first;
    let firstStepSeconds: number | undefined;
    const outcome: { status: RunStatus; reason?: string; code?: string; firstNonFinite?: FirstNonFinite } = {
      status: "completed",
    };
    const stopClock = () => {
      const now = nowMs();
      trainMs += now - mark;
      windowMs += now - mark;
      mark = now;
    };
    const finish = (status: RunStatus, code: string, reason: string) => {
      Object.assign(outcome, { status, reason, code });
    };
    const fail = (why: string, failed: number) => {
      finish("failed", "nonFiniteLoss", why);
      const origin = looks?.origin(failed);
      if (origin) outcome.firstNonFinite = origin;
    };
    looks?.keep(first);
    if (looks && first === 0) {
      yield looks.first();
      mark = nowMs();
    }
    for (;;) {
      const isEpochEnd = this.done > 0 && (this.done % stepsPerEpoch === 0 || this.done === steps);
      const epoch = this.done === 0 ? 0 : session.epochOf(this.done - 1);
      if (isEpochEnd && this.closedEpochs < epoch) {
        stopClock();
        const validation = session.evaluate("validation", shouldStop);
        // Asked to stop in the middle of it: the end of the epoch is still to come when the run goes on.
        if (!validation && session.counts.validation > 0) {
          finish("stopped", "stopRequested", `stopped on request after step ${this.done}`);
          break;
        }
        this.closeEpoch(epochAverage.take(), validation, epoch);
        yield {
          type: "epoch.ended",
          step: this.done,
          epoch,
          training: this.trainingScores!,
          ...(validation && { validation }),
          seconds: seconds(),
        };
        mark = nowMs();
        if (validation && !Number.isFinite(validation.loss)) {
          fail(
            `the loss on the validation data is ${nonFinite(validation.loss)} after step ${this.done} (epoch ${epoch})`,
            this.done + 1,
          );
          break;
        }
        looks?.epochEnded(this.done);
      }
      if (monitor.isOver && this.done < steps) {
        finish("completed", "earlyStopping", monitor.verdict);
        break;
      }
      if (this.done >= steps) break;
      if (shouldStop()) {
        finish("stopped", "stopRequested", `stopped on request after step ${this.done}`);
        break;
      }
      if (nowMs() - pausedMs > pauseEveryMs) {
        stopClock();
        yield undefined;
        pausedMs = mark = nowMs();
      }
      looks?.before(this.done);
      const result = session.step(this.done);
      this.done++;
      if (this.done === first + 1 && processStartMs !== undefined) firstStepSeconds = (sharedNowMs() - processStartMs) / 1000;
      const at = session.epochOf(this.done - 1);
      if (!Number.isFinite(result.loss)) {
        fail(`the loss became ${nonFinite(result.loss)} at step ${this.done} (epoch ${at})`, this.done);
        break;
      }
      window.add(result);
      epochAverage.add(result);
      if (this.done % every === 0 || this.done % stepsPerEpoch === 0 || this.done === steps || nowMs() - mark > 1000) {
        stopClock();
        const stepsPerSecond = ((this.done - windowStart) / windowMs) * 1000;
        yield {
          type: "train.progress",
          step: this.done,
          epoch: at,
          scores: window.take(),
          learningRate: session.learningRate,
          stepsPerSecond,
          seconds: seconds(),
        };
        [windowMs, windowStart, mark] = [0, this.done, nowMs()];
      }
      if (looks?.isDue(this.done)) {
        stopClock();
        yield looks.after(this.done);
        mark = nowMs();
      }
    }
    stopClock();
    if (outcome.status === "completed" && earlyStopping?.restoreBest && this.bestWeights) {
      this.lastCheckpoint = this.checkpoint();
      session.writePredicting(new Map(this.bestWeights.tensors.map((tensor) => [tensor.name, tensor])));
    }
    // Whoever stops a run wants it to end; one that failed has nothing to evaluate.
    const test = outcome.status === "completed" ? session.evaluate("test", shouldStop) : undefined;
    // The last update is seen by no batch: what it did shows in the weights.
    const broken = outcome.status === "failed" ? undefined : session.firstNonFinite();
    if (broken !== undefined) fail(`'${broken}' has numbers that are not finite after step ${this.done}`, this.done + 1);
    const steppedHere = this.done - first;
    const { best } = monitor.current;
    const ended: RunEnded = {
      type: "run.ended",
      ...outcome,
      at: wallClock(),
      step: this.done,
      epoch: this.done === 0 ? 0 : session.epochOf(this.done - 1),
      metrics: {
        ...namedScores("train", this.trainingScores),
        ...namedScores("validation", this.validation),
        ...namedScores("test", test),
        ...(best && { bestEpoch: best.epoch }),
        trainSeconds: trainMs / 1000,
        stepsPerSecond: trainMs > 0 ? (steppedHere / trainMs) * 1000 : 0,
        ...(firstStepSeconds !== undefined && { firstStepSeconds }),
      },
    };
    yield ended;
    return ended;
  }

  /** Without the memory for it, a run goes on without looks. */
  private looksInto(): Looks | undefined {
    const { session, control } = this;
    if (control.probeEvery === undefined) return undefined;
    try {
      return new Looks(session, control.probeEvery);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.unseen = `the model is not looked into while it trains: ${error.message}`;
      return undefined;
    }
  }

  private closeEpoch(training: Scores, validation: Scores | undefined, epoch: number): void {
    [this.trainingScores, this.validation] = [training, validation];
    this.closedEpochs = epoch;
    const score = this.monitor.scoreOf(validation ?? training);
    // What is not a number ends the run, and is never the best.
    if (score === undefined || !Number.isFinite(score)) return;
    if (this.monitor.observe(score, this.done, epoch))
      this.bestWeights = { step: this.done, tensors: this.session.readPredicting() };
    this.session.observe(score, this.monitor.goal);
  }

  private opening(): RunEvent {
    const { session, control, done } = this;
    const { steps, stepsPerEpoch, executable, counts, run, dataset } = session;
    const { training, seed } = run.document;
    const warnings = [...session.warnings, ...(this.unseen === undefined ? [] : [this.unseen])];
    const about: Omit<RunStarted, "type"> = {
      version: eventVersion,
      at: wallClock(),
      data: dataset.name,
      engine: executable.engine,
      numerics: executable.numerics,
      threads: executable.threads,
      seed,
      model: session.describeModel(),
      parameters: session.model.parameterCount,
      memoryBytes: executable.memory.total,
      compileMs: executable.compileMs,
      examples: counts,
      batchSize: Math.min(training.batchSize, counts.training),
      ...(training.accumulate > 1 && { accumulate: training.accumulate }),
      epochs: Math.ceil(steps / stepsPerEpoch),
      stepsPerEpoch,
      steps,
      ...(warnings.length > 0 && { warnings }),
    };
    if (!control.resume) return { type: "run.started", ...about };
    const { from } = control.resume;
    const epoch = done === 0 ? 0 : session.epochOf(done - 1);
    return { type: "run.resumed", ...about, step: done, epoch, ...(from !== undefined && { from }) };
  }
}

function namedScores(name: string, found: Scores | undefined) {
  return (
    found && {
      [`${name}Loss`]: found.loss,
      ...(found.accuracy !== undefined && { [`${name}Accuracy`]: found.accuracy }),
      ...(found.metrics && { [`${name}Metrics`]: found.metrics }),
    }
  );
}

/**
 * Trains, from the start or from a checkpoint.
 *
 * @returns the last event, which is yielded as well
 * @throws as `Trainer`
 */
export function* train(session: Session, control: TrainControl = {}): Generator<RunEvent, RunEnded> {
  return yield* new Trainer(session, control).events();
}
