/** A training under way: its events one after the other, and the model at its end. */
import { TrainingError } from "../core/errors.ts";
import type { RunEnded, RunEvent } from "../core/events.ts";
import { Doctor } from "../doctor/watch.ts";
import { defaultProbeEvery } from "../train/probe.ts";
import type { Session } from "../train/session.ts";
import { Trainer } from "../train/train.ts";
import { TrainedModel } from "./trained-model.ts";

/** The longest that the host's other work waits for a step of training to end. */
const pauseEveryMs = 20;

/** Lets the host do what waits: timers, events of a page. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * What `fit` gives. Awaited, it is the trained model; walked through with `for await`, its events.
 *
 * @example
 * const training = fit({ model: [dense({ units: 1 })], inputs: [[1], [2], [3]], targets: [2, 4, 6], epochs: 5 });
 * for await (const event of training) if (event.type === "epoch.ended") console.log(event.epoch, event.training.loss);
 * const model = await training;
 */
export class Training implements AsyncIterable<RunEvent>, PromiseLike<TrainedModel> {
  private readonly session: Session;
  private readonly events: RunEvent[] = [];
  private readonly result: Promise<TrainedModel>;
  private wake: (() => void)[] = [];
  private isOver = false;

  constructor(session: Session, signal: AbortSignal | undefined) {
    this.session = session;
    this.result = this.run(
      new Trainer(session, { shouldStop: () => signal?.aborted === true, pauseEveryMs, probeEvery: defaultProbeEvery }),
      signal,
    );
    // Who walks through the events learns of a failure there too; it is no unhandled rejection of its own.
    this.result.catch(() => {});
  }

  private async run(trainer: Trainer, signal: AbortSignal | undefined): Promise<TrainedModel> {
    let ended: RunEnded | undefined;
    const doctor = new Doctor(this.session.run.document);
    try {
      await pause();
      for (const event of trainer.eventsWithPauses()) {
        if (event === undefined) {
          await pause();
          continue;
        }
        const findings = doctor.observe(event);
        // What is found in the end of a run comes before it.
        this.events.push(...(event.type === "run.ended" ? [...findings, event] : [event, ...findings]));
        this.wakeAll();
        if (event.type === "run.ended") ended = event;
      }
    } finally {
      this.isOver = true;
      this.wakeAll();
    }
    if (ended?.status === "stopped") throw signal!.reason;
    if (ended?.status === "failed")
      throw new TrainingError("E_TRAINING_FAILED", {
        message: `training failed: ${ended.reason}`,
        hint: "A smaller learning rate, inputs of about unit size or clipped gradients keep losses finite.",
      });
    return this.current();
  }

  private wakeAll(): void {
    for (const wake of this.wake.splice(0)) wake();
  }

  /** The model with the weights that it has now: while it is trained, or after a stop. */
  current(): TrainedModel {
    return TrainedModel.of(this.session);
  }

  /**
   * The trained model.
   *
   * @throws TrainingError  E_TRAINING_FAILED: the loss was no number any more
   * @throws the signal's reason, where it was aborted
   */
  // biome-ignore lint/suspicious/noThenProperty: to be awaited is what it is for
  then<A = TrainedModel, B = never>(
    onModel?: ((model: TrainedModel) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result.then(onModel, onError);
  }

  /** The events from the first on; ends with the training. Each walk sees all of them. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void> {
    for (let next = 0; ; next++) {
      while (next >= this.events.length) {
        if (this.isOver) return;
        await new Promise<void>((resolve) => this.wake.push(resolve));
      }
      yield this.events[next]!;
    }
  }
}
