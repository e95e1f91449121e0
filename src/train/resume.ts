/** Going on from a checkpoint: whether it is one of this run, and where it stands. */
import { TrainingError } from "../core/errors.ts";
import type { Scores } from "../core/events.ts";
import type { AverageState } from "./average.ts";
import { type Checkpoint, isPreparation } from "./checkpoint.ts";
import type { MonitorState } from "./monitor.ts";
import type { Session } from "./session.ts";

/** The trainer's own numbers in a checkpoint. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** Epochs whose end has been told. */
  readonly closedEpochs: number;
  readonly window: AverageState;
  readonly epoch: AverageState;
  readonly monitor: MonitorState;
  /** What the schedule of the learning rate remembers. */
  readonly schedule: readonly number[];
  readonly trainingScores?: Scores;
  readonly validation?: Scores;
}

const other = (code: string, message: string, hint: string) => new TrainingError(code, { message, hint });

/**
 * Puts a session where the checkpoint was taken.
 *
 * @param force  goes on although numerics, data or document are others
 * @throws TrainingError  E_RESUME_*: the checkpoint is one of another run, and in what; E_CHECKPOINT_MISFIT: its tensors do not fit
 */
export function takeUp(session: Session, { tensors, metadata }: Checkpoint, force: boolean): TrainingState {
  const { numerics, data, document, holds } = metadata;
  if (holds !== "state") {
    throw other(
      "E_RESUME_WEIGHTS",
      "the checkpoint holds weights alone, without what a run needs to go on",
      "Resume from last.safetensors.",
    );
  }
  if (!force) {
    if (numerics !== session.numerics) {
      throw other(
        "E_RESUME_NUMERICS",
        `the run was trained with numerics '${numerics}', and would go on with '${session.numerics}': its bits would be others`,
        `Go on where '${numerics}' is available, or use --force.`,
      );
    }
    if (data !== session.dataFingerprint) {
      throw other(
        "E_RESUME_DATA",
        `the data have changed since the checkpoint was written (fingerprint ${session.dataFingerprint}, then ${data})`,
        "Bring the data back, or use --force to go on with those of now.",
      );
    }
    if (document !== JSON.stringify({ ...session.run.document, numerics })) {
      throw other(
        "E_RESUME_DOCUMENT",
        "the run document has changed since the checkpoint was written",
        "Bring run.json back, or use --force to go on with it as it is.",
      );
    }
  }
  const state = JSON.parse(metadata.state!) as TrainingState;
  session.writeStates(new Map([...tensors].filter(([name]) => !isPreparation(name))));
  session.scheduleMemory = state.schedule;
  return state;
}
