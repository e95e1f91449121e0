/**
 * A Vitest reporter that writes what scripts/test.ts needs to count: Vitest's own JSON report leaves out why a test
 * was skipped. Say the reason with `context.skip("reason")` or `test.skipIf`'s test name.
 */
import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** What one run of the tests came to. */
export interface TestReport {
  passed: number;
  /** Names of the failed tests, and of the files that could not be read. */
  failed: string[];
  skipped: { name: string; reason: string }[];
}

/** The environment variable that names the file to write. */
export const reportVariable = "OSOLGIL_TEST_REPORT";

export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const report: TestReport = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      // A file that throws while it is read has no tests to fail, so it counts as one itself.
      if (module.errors().length > 0 || module.state() === "pending") report.failed.push(module.relativeModuleId);
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) report.failed.push(`${module.relativeModuleId} > ${suite.fullName}`);
      }
      for (const test of module.children.allTests()) {
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        const result = test.result();
        if (result.state === "passed") report.passed += 1;
        else if (result.state === "skipped") report.skipped.push({ name, reason: result.note ?? "no reason given" });
        else report.failed.push(name);
      }
    }
    const path = process.env[reportVariable];
    if (path) writeFileSync(path, JSON.stringify(report));
  }
}
