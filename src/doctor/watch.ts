/** Watches over a run: takes its events, and adds what is found in them. One fault is told once, by its cause. */
import type { FindingMade, RunEvent } from "../core/events.ts";
import type { ResolvedDocument } from "../document/run-document.ts";
import { type CheckDefinition, checks } from "./checks/index.ts";

/** Before the last event of a run its own findings come. */
const stepOf = (event: RunEvent) => ({
  step: "step" in event ? event.step : 0,
  epoch: "epoch" in event && typeof event.epoch === "number" ? event.epoch : 0,
});

/** Takes the events of a run and says what is wrong with it, as soon as it shows. */
export class Doctor {
  private readonly document: ResolvedDocument;
  private readonly definitions: readonly CheckDefinition[];
  private watching: { readonly definition: CheckDefinition; readonly take: ReturnType<CheckDefinition["watch"]> }[] = [];
  /** What has been told, or need not be told any more. */
  private readonly settled = new Set<string>();

  constructor(document: ResolvedDocument, definitions: readonly CheckDefinition[] = checks) {
    this.document = document;
    this.definitions = definitions;
  }

  /** What an event shows, the gravest first. What is a symptom of it is not told, now or later. */
  observe(event: RunEvent): FindingMade[] {
    if (event.type === "run.started" || event.type === "run.resumed") {
      const run = { document: this.document, started: event };
      // A run that goes on is the same run, where its earlier events have been seen.
      if (this.watching.length > 0) return [];
      this.watching = this.definitions.map((definition) => ({ definition, take: definition.watch(run) }));
      return [];
    }
    if (event.type === "finding.made") {
      this.settle(event.code);
      return [];
    }
    const found = this.watching.flatMap(({ definition, take }) => {
      const finding = take(event);
      return finding && !this.settled.has(definition.code) ? [{ definition, finding }] : [];
    });
    const explained = new Set(found.flatMap(({ definition }) => definition.explains ?? []));
    const told = found.filter(({ definition }) => !explained.has(definition.code));
    for (const { definition } of found) this.settle(definition.code);
    return told.map(({ definition, finding }) => ({ type: "finding.made", ...stepOf(event), code: definition.code, ...finding }));
  }

  private settle(code: string): void {
    this.settled.add(code);
    for (const other of this.definitions.find((one) => one.code === code)?.explains ?? []) this.settled.add(other);
  }
}

/**
 * The events of a run with the findings in their places: each after the event that shows it, but those of the end before it.
 *
 * @example
 * const session = openSession({ model: [dense({ units: 1 })], inputs: [[1], [2], [3]], targets: [2, 4, 6], epochs: 3 });
 * for (const event of watched(train(session), session.run.document)) if (event.type === "finding.made") console.log(event.message);
 */
export function* watched(events: Iterable<RunEvent>, document: ResolvedDocument): Generator<RunEvent, void> {
  const doctor = new Doctor(document);
  for (const event of events) {
    const findings = doctor.observe(event);
    if (event.type !== "run.ended") yield event;
    yield* findings;
    if (event.type === "run.ended") yield event;
  }
}
