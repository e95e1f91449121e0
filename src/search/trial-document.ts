/** The run documents of trials: the study's run with the values of a point set in it. */
import { setInDocument } from "../document/edit.ts";
import type { RunDocument } from "../document/run-document.ts";
import { pathsOf } from "./check-space.ts";
import type { Assignment, Space } from "./space.ts";
import type { Stage, Study } from "./study.ts";
import type { EndedTrial } from "./trial.ts";

const depthOf = (path: string): number => path.split(/[.[]/).length;

/** What a document says with the values of a point. A whole component is set before what is inside it. */
export function withAssignment(run: RunDocument, space: Space, assignment: Assignment): RunDocument {
  const edits = Object.entries(space).flatMap(([name, dimension]) =>
    assignment[name] === undefined ? [] : pathsOf(name, dimension).map((path) => ({ path, value: assignment[name] })),
  );
  edits.sort((a, b) => depthOf(a.path) - depthOf(b.path));
  return edits.reduce<unknown>((document, { path, value }) => setInDocument(document, path, value), run) as RunDocument;
}

/** What a document says with a stage's length of training. */
export function withLength(run: RunDocument, { epochs, iterations }: Pick<Stage, "epochs" | "iterations">): RunDocument {
  if (epochs === undefined && iterations === undefined) return run;
  const { epochs: _, iterations: __, ...training } = run.training ?? {};
  return { ...run, training: { ...training, ...(epochs !== undefined ? { epochs } : { iterations: iterations! }) } };
}

/** The run document of a trial. */
export function trialDocument({ document, space, stages }: Study, stage: number, parameters: Assignment): RunDocument {
  return withAssignment(withLength(document.run, stages[stage] ?? {}), space, parameters);
}

/** The run document of a trial that has ended: that of the best one is what a search is for. */
export function bestDocument(study: Study, trial: Pick<EndedTrial, "stage" | "parameters">): RunDocument {
  return trialDocument(study, trial.stage, trial.parameters);
}
