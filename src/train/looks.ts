/** Looks into a model at certain steps of its training, and looks back at where numbers that are not finite came from. */
import type { FirstNonFinite, ProbeTaken } from "../core/events.ts";
import { isProbed, type Probe } from "./probe.ts";
import type { NamedTensor } from "./safetensors.ts";
import type { Session } from "./session.ts";

interface Snapshot {
  readonly step: number;
  readonly tensors: readonly NamedTensor[];
  readonly schedule: readonly number[];
}

/** Long epochs are kept on the way, too. */
const looksPerSnapshot = 10;

export class Looks {
  private readonly session: Session;
  private readonly probe: Probe;
  private readonly every: number;
  private snapshot: Snapshot | undefined;
  private taken = 0;
  /** What the schedule remembered at the ends of epochs since the snapshot. */
  private readonly schedules = new Map<number, readonly number[]>();

  /** @throws EngineError  there is no memory for the program that looks */
  constructor(session: Session, every: number) {
    this.session = session;
    this.every = every;
    this.probe = session.probe();
  }

  /** The state of the run as it is after so many steps: what `origin` goes back to. At the start, and now and then. */
  keep(step: number): void {
    const { session } = this;
    // What is not finite already is not where it came from.
    if (session.firstNonFinite() !== undefined) return;
    this.snapshot = { step, tensors: session.readStates(), schedule: session.scheduleMemory };
    this.schedules.clear();
  }

  /** To be called at the end of an epoch, after so many steps, with what the schedule remembers from there on. */
  epochEnded(step: number): void {
    // Epochs may be shorter than it takes to keep a state.
    if (step - (this.snapshot?.step ?? 0) >= this.every) this.keep(step);
    else this.schedules.set(step, this.session.scheduleMemory);
  }

  /** Before the first step of a run: what the initial weights give. */
  first(): ProbeTaken {
    return this.probe.take(0, 0);
  }

  /** To be called before step `step`, from 0. */
  before(step: number): void {
    if (this.isDue(step + 1)) this.probe.note();
  }

  /** What there is to be seen after so many steps. */
  after(step: number): ProbeTaken {
    this.taken++;
    if (this.taken % looksPerSnapshot === 0) this.keep(step);
    return this.probe.take(step, this.session.epochOf(step - 1));
  }

  /** Whether it is time to look after so many steps. */
  isDue(step: number): boolean {
    return isProbed(step, this.session.steps, this.every);
  }

  /**
   * Where the first number that is not finite came up, after a step that had a loss like that. The run is gone through once more, from
   * where it was last kept: the same steps give the same bits. The states are then as they were.
   *
   * @param failed  the step, from 1, whose loss is not finite
   */
  origin(failed: number): FirstNonFinite | undefined {
    const { session, snapshot } = this;
    if (!snapshot || snapshot.step >= failed) return undefined;
    const [broken, schedule] = [session.readStates(), session.scheduleMemory];
    session.writeStates(byName(snapshot.tensors));
    session.scheduleMemory = snapshot.schedule;
    const found = this.replay(snapshot.step, failed);
    session.writeStates(byName(broken));
    session.scheduleMemory = schedule;
    return found;
  }

  private replay(from: number, failed: number): FirstNonFinite {
    const { session, probe } = this;
    for (let step = from; step < failed - 1; step++) {
      const remembered = this.schedules.get(step);
      if (remembered) session.scheduleMemory = remembered;
      session.step(step);
      const name = session.firstNonFinite();
      if (name !== undefined) return { step: step + 1, name, what: "weights" };
    }
    const layer = probe.firstNonFinite(session.rowsOf(failed - 1));
    return layer === undefined ? { step: failed, name: "loss", what: "loss" } : { step: failed, name: layer, what: "outputs" };
  }
}

const byName = (tensors: readonly NamedTensor[]) => new Map(tensors.map((tensor) => [tensor.name, tensor]));
