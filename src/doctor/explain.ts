/** What each finding means. */
import { DocumentError } from "../core/errors.ts";
import type { Text } from "../core/language.ts";
import { suggestName } from "../core/names.ts";
import { checks } from "./checks/index.ts";
import * as texts from "./checks/texts.ts";
import { examinations } from "./examinations/index.ts";

/** A finding for people who meet it for the first time. */
export interface Explanation {
  readonly name: Text;
  readonly explanation: Text;
  readonly source: string;
}

const sourceOf = (code: string): string => checks.find((one) => one.code === code)!.source;

const explanations = (): ReadonlyMap<string, Explanation> =>
  new Map([
    ...examinations.flatMap(({ codes, source }) =>
      Object.entries(codes).map(([code, text]) => [code, { ...text, source }] as const),
    ),
    ...Object.entries(texts).map(([code, text]) => [code, { ...text, source: sourceOf(code) }] as const),
  ]);

/** All that a doctor can find, before a run and on its way. */
export const findingCodes = (): readonly string[] => [...explanations().keys()];

/** What a finding means. @throws DocumentError  E_FINDING_UNKNOWN: there is no such finding */
export function explanationOf(code: string): Explanation {
  const found = explanations().get(code);
  if (found) return found;
  throw new DocumentError("E_FINDING_UNKNOWN", {
    message: `there is no finding '${code}'`,
    hint: suggestName(code, findingCodes()),
  });
}
