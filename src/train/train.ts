/**
 * The training loop: steps, measurements and events, until the run's length is reached, it is asked to stop, or the loss is
 * no longer a number. A generator: whoever drives it gets each event as it comes, and may stop between any two steps.
 */
import { nowMs, sharedNowMs, wallClock } from "../core/clock.ts";
import { eventVersion, type RunEnded, type RunEvent, type RunStatus, type Scores } from "../core/events.ts";
import type { Session } from "./session.ts";

export interface TrainControl {
  /** Asked before each step. */
  readonly shouldStop?: () => boolean;
  /** When the process started (see sharedNowMs), so that the time to the first step can be told. */
  readonly processStartMs?: number;
}

/** Progress is told this often in an epoch, and at least once a second. */
const progressPerEpoch = 20;

/** Averages over examples of what steps measured. */
class Average {
  private loss = 0;
  private correct = 0;
  private rows = 0;
  private readonly counts: boolean;

  constructor(countsCorrect: boolean) {
    this.counts = countsCorrect;
  }
  add(step: { loss: number; correct: number; rows: number }): void {
    this.loss += step.loss * step.rows;
    this.correct += step.correct;
    this.rows += step.rows;
  }
  /** The averages so far; starts anew. */
  take(): Scores {
    const scores = { loss: this.loss / this.rows, ...(this.counts && { accuracy: this.correct / this.rows }) };
    this.loss = this.correct = this.rows = 0;
    return scores;
  }
}

const nonFinite = (loss: number) => (Number.isNaN(loss) ? "NaN" : "infinite");

/**
 * Trains.
 *
 * @returns the last event, which is yielded as well
 */
export function* train(session: Session, control: TrainControl = {}): Generator<RunEvent, RunEnded> {
  const { steps, stepsPerEpoch, executable, counts, run, dataset } = session;
  const { training, seed } = run.document;
  const { shouldStop = () => false, processStartMs } = control;
  yield {
    type: "run.started",
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
    epochs: Math.ceil(steps / stepsPerEpoch),
    stepsPerEpoch,
    steps,
  };
  const counting = dataset.task.kind === "classification";
  const [window, epochAverage] = [new Average(counting), new Average(counting)];
  const every = Math.max(1, Math.floor(stepsPerEpoch / progressPerEpoch));
  const began = nowMs();
  // Time in steps alone: all that lies between two marks but for what happens while an event is handled or data evaluated.
  let [trainMs, windowMs, mark] = [0, 0, began];
  let [done, windowStart] = [0, 0];
  let firstStepSeconds: number | undefined;
  const outcome: { status: RunStatus; reason?: string; code?: string } = { status: "completed" };
  let trainingScores: Scores | undefined;
  let validation: Scores | undefined;
  const stopClock = () => {
    const now = nowMs();
    trainMs += now - mark;
    windowMs += now - mark;
    mark = now;
  };
  const fail = (why: string) => {
    Object.assign(outcome, { status: "failed", reason: why, code: "nonFiniteLoss" });
  };
  while (done < steps) {
    if (shouldStop()) {
      Object.assign(outcome, { status: "stopped", reason: `stopped on request after step ${done}`, code: "stopRequested" });
      break;
    }
    const result = session.step(done);
    done++;
    if (done === 1 && processStartMs !== undefined) firstStepSeconds = (sharedNowMs() - processStartMs) / 1000;
    const epoch = session.epochOf(done - 1);
    if (!Number.isFinite(result.loss)) {
      fail(`the loss became ${nonFinite(result.loss)} at step ${done} (epoch ${epoch})`);
      break;
    }
    window.add(result);
    epochAverage.add(result);
    const epochDone = done % stepsPerEpoch === 0 || done === steps;
    if (done % every === 0 || epochDone || nowMs() - mark > 1000) {
      stopClock();
      const stepsPerSecond = ((done - windowStart) / windowMs) * 1000;
      yield {
        type: "train.progress",
        step: done,
        epoch,
        scores: window.take(),
        stepsPerSecond,
        seconds: (nowMs() - began) / 1000,
      };
      [windowMs, windowStart, mark] = [0, done, nowMs()];
    }
    if (epochDone) {
      trainingScores = epochAverage.take();
      validation = session.evaluate("validation", shouldStop);
      yield {
        type: "epoch.ended",
        step: done,
        epoch,
        training: trainingScores,
        ...(validation && { validation }),
        seconds: (nowMs() - began) / 1000,
      };
      mark = nowMs();
      if (validation && !Number.isFinite(validation.loss)) {
        fail(`the loss on the validation data is ${nonFinite(validation.loss)} after step ${done} (epoch ${epoch})`);
        break;
      }
    }
  }
  stopClock();
  // Whoever stops a run wants it to end; one that failed has nothing to evaluate.
  const test = outcome.status === "completed" ? session.evaluate("test", shouldStop) : undefined;
  // The last update is seen by no batch: what it did shows in the weights.
  const broken = outcome.status === "failed" ? undefined : session.firstNonFinite();
  if (broken !== undefined) fail(`'${broken}' has numbers that are not finite after step ${done}`);
  const scores = (name: string, found: Scores | undefined) =>
    found && { [`${name}Loss`]: found.loss, ...(found.accuracy !== undefined && { [`${name}Accuracy`]: found.accuracy }) };
  const ended: RunEnded = {
    type: "run.ended",
    ...outcome,
    at: wallClock(),
    step: done,
    epoch: done === 0 ? 0 : session.epochOf(done - 1),
    metrics: {
      ...scores("train", trainingScores),
      ...scores("validation", validation),
      ...scores("test", test),
      trainSeconds: trainMs / 1000,
      stepsPerSecond: trainMs > 0 ? (done / trainMs) * 1000 : 0,
      ...(firstStepSeconds !== undefined && { firstStepSeconds }),
    },
  };
  yield ended;
  return ended;
}
