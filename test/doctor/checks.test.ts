/** The contract of a check: it finds its fault, lets all else pass, and depends on the events alone. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunEvent, RunStarted } from "../../src/core/events.ts";
import type { CheckDefinition, Found } from "../../src/doctor/checks/define.ts";
import * as definitions from "../../src/doctor/checks/definitions.ts";
import { checks } from "../../src/doctor/checks/index.ts";
import * as texts from "../../src/doctor/checks/texts.ts";
import { examinations } from "../../src/doctor/examinations/index.ts";
import { explanationOf, findingCodes } from "../../src/doctor/explain.ts";
import { checkTraces } from "./check-traces.ts";
import { cleanTraces, type Trace } from "./traces.ts";

/** What a check says of a run, with the event at which it says so. */
function watchedBy(check: CheckDefinition, { document, events }: Trace): { event: RunEvent; found: Found }[] {
  const [started, ...others] = events;
  const take = check.watch({ document, started: started as RunStarted });
  return others.flatMap((event) => {
    const found = take(event);
    return found ? [{ event, found }] : [];
  });
}

/** A trace that nobody can change. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).map(frozen);
  return value;
}

test("the files of the folder and the registry are the same set", () => {
  const apart = ["define.ts", "definitions.ts", "index.ts", "looks.ts", "texts.ts"];
  const files = readdirSync(join(import.meta.dirname, "../../src/doctor/checks")).filter((name) => !apart.includes(name));
  const kebab = (name: string) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
  expect(Object.keys(definitions).map(kebab).sort()).toEqual(files.sort());
  for (const [name, { code }] of Object.entries(definitions)) expect(code).toBe(name);
  expect(Object.keys(texts).sort(), "each says what it is for").toEqual(Object.keys(definitions).sort());
});

test("every check has traces of both kinds, and there are none of others", () => {
  expect(Object.keys(checkTraces).sort()).toEqual(checks.map(({ code }) => code).sort());
  for (const { finds, letsPass } of Object.values(checkTraces))
    expect([finds.length > 0, letsPass.length > 0]).toEqual([true, true]);
});

test("codes are one for each fault, and what explains another exists", () => {
  const codes = [...checks.map(({ code }) => code), ...examinations.flatMap(({ codes: own }) => Object.keys(own))];
  expect(new Set(codes).size).toBe(codes.length);
  expect([...findingCodes()].sort()).toEqual([...codes].sort());
  for (const { code, explains = [] } of checks) {
    for (const other of explains) expect(codes, `what '${code}' explains`).toContain(other);
    expect(explains, `'${code}' is not its own cause`).not.toContain(code);
  }
});

test("every finding is explained in both languages, and says where it is from", () => {
  for (const code of findingCodes()) {
    const { name, explanation, source } = explanationOf(code);
    for (const text of [name, explanation]) {
      expect(text.ko, code).toMatch(/[가-힣]/);
      expect(text.en, code).toMatch(/^[^가-힣]{3,}$/);
    }
    for (const text of Object.values(explanation)) expect(text.length, code).toBeGreaterThan(60);
    expect(source.length, code).toBeGreaterThan(5);
  }
  expect(() => explanationOf("overfiting")).toThrow(
    expect.objectContaining({ code: "E_FINDING_UNKNOWN", hint: expect.stringContaining("overfitting") }),
  );
});

describe.each(checks.map((check) => [check.code, check] as const))("%s", (code, check) => {
  const { finds, letsPass } = checkTraces[code]!;

  test.each(finds.map((one) => [one.trace.name, one] as const))("finds %s", (_, faulty) => {
    const [first, ...more] = watchedBy(check, frozen(faulty.trace));
    expect(first, "it is found").toBeDefined();
    const { event, found } = first!;
    expect((event as { step: number }).step).toBe(faulty.step);
    expect(found.severity).toBe(faulty.severity);
    expect(found.message).toMatch(faulty.says);
    for (const [name, value] of Object.entries(faulty.evidence)) expect(found.evidence[name], name).toBeCloseTo(value, 10);
    expect(Object.values(found.evidence).every(Number.isFinite)).toBe(true);
    expect(found.layer).toBe(faulty.layer);
    if (faulty.changes) expect(found.changes ?? []).toEqual(faulty.changes);
    for (const text of [found.message, found.cause, found.advice]) expect(text).not.toMatch(/undefined|NaN of|\[object/);
    // Whoever watches may hear it again; the Doctor tells it once.
    for (const again of more) expect(again.found.severity).toBe(faulty.severity);
    // A second watch, of the same events, says the same.
    expect(watchedBy(check, faulty.trace)).toEqual([first, ...more]);
  });

  const silent = [...letsPass, ...cleanTraces, ...checks.flatMap((other) => checkTraces[other.code]?.letsPass ?? [])];
  test.each([...new Set(silent)].map((one) => [one.name, one] as const))("lets pass: %s", (_, clean) => {
    expect(watchedBy(check, frozen(clean))).toEqual([]);
  });

  test("two watches do not know of each other", () => {
    const [faulty, clean] = [finds[0]!.trace, cleanTraces[0]!];
    const [one, other] = [faulty, clean].map(({ document, events }) =>
      check.watch({ document, started: events[0] as RunStarted }),
    );
    const found: [boolean, boolean] = [false, false];
    for (let i = 1; i < Math.max(faulty.events.length, clean.events.length); i++) {
      if (faulty.events[i] && one!(faulty.events[i]!)) found[0] = true;
      if (clean.events[i] && other!(clean.events[i]!)) found[1] = true;
    }
    expect(found).toEqual([true, false]);
  });
});
