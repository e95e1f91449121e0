import { describe, test } from "vitest";
import type { Check } from "../../src/testing.ts";

/** A test for each check of a contract. */
export function holds(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const { name, run } of checks) test(name, run);
  });
}
