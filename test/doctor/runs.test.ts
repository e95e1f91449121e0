/** The doctor at work: it names the faults of real runs, and lets sound ones be. `npm run test:long` runs all, and prints the tables. */
import { describe, expect, test } from "vitest";
import { isLong } from "../support/long.ts";
import { cleanRun } from "./clean-runs.ts";
import { diagnose, inShort, seriousOf } from "./diagnose.ts";
import { type FaultyRun, lectureRuns, otherFaults } from "./faulty-runs.ts";

describe("the faults of the lecture are named", () => {
  test.each(lectureRuns.map((one) => [one.name, one] as const))("%s", (name, one) => {
    const { findings, ended } = diagnose(one);
    const [first, ...more] = findings;
    expect(one.named).toContain(first?.code);
    expect(first!.severity).not.toBe("note");
    // One fault: whatever else is told is worth knowing at most.
    expect(more.filter(({ severity }) => severity !== "note")).toEqual([]);
    if (name.includes("1e6")) {
      expect(ended).toMatchObject({ status: "failed", firstNonFinite: { what: "outputs", name: "relu2" } });
      expect(first).toMatchObject({ step: ended.step, layer: "relu2", evidence: { firstStep: ended.step } });
      expect(first!.message).toMatch(/at step 3 .*'relu2', in step 3/);
    }
    if (name.includes("1e-6")) {
      const [change] = first!.changes!;
      expect(change!.path).toBe("optimizer.learningRate");
      expect(change!.value).toBeGreaterThanOrEqual(1e-5);
    }
  });
});

/** All of them in the long run. */
const chosen = isLong ? otherFaults : otherFaults.filter((_, i) => i % 4 === 1);
const isNamed = ({ named }: FaultyRun, code: string | undefined) => code !== undefined && named.includes(code);

test("of the faults that others collect nearly all are found, and most are named first", () => {
  const diagnoses = chosen.map((one) => ({ one, diagnosis: diagnose(one) }));
  const found = diagnoses.filter(({ diagnosis }) => diagnosis.findings.length > 0);
  const first = diagnoses.filter(({ one, diagnosis }) => isNamed(one, diagnosis.findings[0]?.code));
  if (isLong)
    for (const { one, diagnosis } of diagnoses)
      console.log(`${isNamed(one, diagnosis.findings[0]?.code) ? " " : "!"} ${one.name}\n      ${inShort(diagnosis)}`);
  const missed = diagnoses.filter((each) => !first.includes(each)).map(({ one }) => one.name);
  expect(found.length / chosen.length, `missed or misnamed: ${missed.join("; ")}`).toBeGreaterThanOrEqual(0.9);
  expect(first.length / chosen.length, `missed or misnamed: ${missed.join("; ")}`).toBeGreaterThanOrEqual(0.75);
});

/** The first hundred, which thresholds were made with, and as many that they had not seen. */
const seeds = isLong ? Array.from({ length: 200 }, (_, i) => i + 1) : [10, 13, 16, 17, 34, 35, 58, 59, 112, 122, 133, 152];

test("of a hundred sound runs at most two have a finding that is more than a note", () => {
  const alarms = seeds.flatMap((seed) => {
    const one = cleanRun(seed);
    const diagnosis = diagnose(one);
    const isAlarm = seriousOf(diagnosis).length > 0;
    if (isLong) console.log(`${isAlarm ? "!" : " "} ${one.name}\n      ${inShort(diagnosis)}`);
    return isAlarm ? [`${one.name}: ${inShort(diagnosis)}`] : [];
  });
  expect(alarms.length, alarms.join("\n")).toBeLessThanOrEqual(isLong ? 4 : 0);
});
