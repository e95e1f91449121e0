/** One fault is told once, by its cause, in its place. */
import { describe, expect, test } from "vitest";
import type { FindingMade, RunEvent } from "../../src/core/events.ts";
import type { CheckDefinition } from "../../src/doctor/checks/define.ts";
import { checks } from "../../src/doctor/checks/index.ts";
import { Doctor, watched } from "../../src/doctor/watch.ts";
import { checkTraces } from "./check-traces.ts";
import { cleanTraces, layer, type Trace, trace, weight } from "./traces.ts";

const told = ({ document, events }: Trace, definitions?: readonly CheckDefinition[]): FindingMade[] => {
  const doctor = new Doctor(document, definitions);
  return events.flatMap((event) => doctor.observe(event));
};
const codesOf = (findings: readonly FindingMade[]) => findings.map(({ code }) => code);

/** A check that speaks at these steps. */
const speaking = (code: string, steps: readonly number[], explains: readonly string[] = []): CheckDefinition => ({
  code,
  source: "",
  thresholds: {},
  explains,
  watch: () => (event) =>
    event.type === "train.progress" && steps.includes(event.step)
      ? { severity: "warning", message: code, evidence: {}, cause: "", advice: "" }
      : undefined,
});

describe("one fault, one finding", () => {
  const run = trace("any");
  const [symptom, laterSymptom] = [speaking("symptom", [10]), speaking("symptom", [20])];
  const cause = speaking("cause", [10], ["symptom"]);

  test.each([
    ["in the same event", [symptom, cause]],
    ["in the same event, the other way round", [cause, symptom]],
    ["the symptom later", [laterSymptom, cause]],
    ["the symptom later, the other way round", [cause, laterSymptom]],
  ])("of a cause and its symptom the cause is told: %s", (_, definitions) => {
    expect(codesOf(told(run, definitions))).toEqual(["cause"]);
  });

  test("a cause that shows after its symptom is told all the same", () => {
    const late = speaking("cause", [20], ["symptom"]);
    expect(codesOf(told(run, [symptom, late]))).toEqual(["symptom", "cause"]);
    expect(codesOf(told(run, [late, symptom]))).toEqual(["symptom", "cause"]);
  });

  test("what is found again is not told again", () => {
    expect(told(run, [speaking("fault", [10, 15, 20])])).toMatchObject([
      { type: "finding.made", code: "fault", step: 10, epoch: 1 },
    ]);
  });

  test("weights of zero show as silence, no updates and no learning, and are one fault", () => {
    const zero = checkTraces.symmetricUnits!.finds.find(({ layer: name }) => name === "dense1.weight")!;
    expect(codesOf(told(zero.trace))).toEqual(["symmetricUnits"]);
  });

  test("steps that are far too long show as an explosion, and end in NaN: its cause is told before", () => {
    const far = trace("from bad to worse", {
      loss: (step) => 2 * 1.2 ** step,
      parameters: () => [weight("dense1", { updateNorm: 5 })],
      layers: (step) => [layer("relu1", { silent: step < 8 ? 0 : 0.9 }), layer("relu2"), layer("dense3")],
      ended: { step: 90, status: "failed", code: "nonFiniteLoss", reason: "the loss became NaN at step 90" },
    });
    expect(codesOf(told(far))).toEqual(["explosion", "nonFinite"]);
  });
});

test.each(Object.entries(checkTraces).flatMap(([code, { finds }]) => finds.map((one) => [code, one] as const)))(
  "%s is what the doctor tells of its own fault",
  (code, { trace: faulty, step, severity }) => {
    const findings = told(faulty);
    expect(codesOf(findings)[0]).toBe(code);
    expect(findings[0]).toMatchObject({ type: "finding.made", step, severity });
  },
);

test.each(cleanTraces.map((one) => [one.name, one] as const))("there is nothing to tell of %s", (_, clean) => {
  expect(told(clean)).toEqual([]);
});

test("findings come after the event that shows them, those of the end before it", () => {
  const overfit = checkTraces.overfitting!.finds[1]!.trace;
  const atEnd = [...watched(overfit.events, overfit.document)];
  expect(atEnd.slice(-2).map(({ type }) => type)).toEqual(["finding.made", "run.ended"]);
  expect(atEnd.at(-2)).toMatchObject({ code: "overfitting", step: 300, epoch: 3 });

  const explosion = checkTraces.explosion!.finds[0]!.trace;
  const onTheWay = [...watched(explosion.events, explosion.document)];
  const at = onTheWay.findIndex(({ type }) => type === "finding.made");
  expect(onTheWay[at - 1]).toMatchObject({ type: "train.progress", step: 160 });
  expect(onTheWay.filter(({ type }) => type !== "finding.made")).toEqual(explosion.events);
});

describe("a run that goes on", () => {
  const faulty = checkTraces.explosion!.finds[0]!.trace;
  const at = faulty.events.findIndex((event) => event.type === "train.progress" && event.step === 200);
  const [before, after] = [faulty.events.slice(0, at), faulty.events.slice(at)];
  const { type: _, ...about } = faulty.events[0] as Extract<RunEvent, { type: "run.started" }>;
  const resumed: RunEvent = { type: "run.resumed", ...about, step: 199, epoch: 2 };
  const restOf = (earlier: readonly RunEvent[]) => {
    const doctor = new Doctor(faulty.document);
    for (const event of earlier) doctor.observe(event);
    return [resumed, ...after].flatMap((event) => doctor.observe(event));
  };

  test("does not tell again what was told", () => {
    expect(restOf(watched(before, faulty.document) as unknown as RunEvent[])).toEqual([]);
    // Nor where only the findings of the earlier part are known.
    expect(restOf([...watched(before, faulty.document)].filter(({ type }) => type === "finding.made"))).toEqual([]);
  });

  test("is held against its own beginning", () => {
    // The first loss was 2: without it, 8 would be taken for the first.
    const calm = before.map((event) =>
      event.type === "train.progress"
        ? { ...event, scores: { loss: 2 } }
        : event.type === "probe.taken"
          ? { ...event, loss: 2 }
          : event,
    );
    expect(codesOf(restOf(calm))).toEqual(["explosion"]);
  });

  test("and is watched where its earlier events are gone", () => {
    const doctor = new Doctor(faulty.document);
    const worse = after.map((event) =>
      event.type === "train.progress"
        ? { ...event, scores: { loss: event.step > 250 ? 80 : 8 * 0.99 ** (event.step - 200) } }
        : event,
    );
    expect(codesOf([resumed, ...worse].flatMap((event) => doctor.observe(event)))).toEqual(["explosion"]);
  });
});

test("a check of one's own is watched with the others", () => {
  const own = speaking("ownFault", [10]);
  expect(codesOf(told(checkTraces.explosion!.finds[0]!.trace, [...checks, own]))).toEqual(["ownFault", "explosion"]);
});
