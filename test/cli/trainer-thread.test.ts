import { expect, test } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import type { RunEvent } from "../../src/core/events.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import { runInThread } from "../../src/execute/trainer-thread.ts";

const { document } = resolveRun({
  data: "mnist",
  model: [{ kind: "dense", units: 10 }],
  training: { batchSize: 10, iterations: 300 },
});

test("after a handler has thrown, no event comes any more", async () => {
  const seen: RunEvent["type"][] = [];
  const handlers = {
    onEvent(event: RunEvent) {
      seen.push(event.type);
      // Time for the thread to send more while this one is busy.
      const until = performance.now() + 300;
      while (performance.now() < until);
      throw new Error("enough");
    },
  };
  await expect(runInThread(document, handlers)).rejects.toThrow("enough");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen).toEqual(["run.started"]);
});

test("what makes a run impossible is thrown with its class and code", async () => {
  const impossible = { ...document, data: { ...document.data, validation: 60_000 } };
  const error = await runInThread(impossible, { onEvent: () => {} }).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).code).toMatch(/^E_DATA_/);
});
