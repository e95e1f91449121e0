import { expect, test } from "vitest";
import { OptionError } from "../../src/core/errors.ts";
import { startWebThreads } from "../../src/index.ts";

test.each([0, -1, 1.5, 65, Number.NaN])("%d threads are refused", async (count) => {
  const error = await startWebThreads(count).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OptionError);
  expect(error).toMatchObject({ code: "E_THREADS", message: expect.stringContaining(`from 1 to 64, received ${count}`) });
});

test("Node, which has no Web Workers, is sent to startThreads", async () => {
  await expect(startWebThreads(2)).rejects.toMatchObject({
    name: "EngineError",
    code: "E_THREAD_START",
    message: expect.stringMatching(/no Web Workers/),
    hint: expect.stringMatching(/startThreads of osolgil\/node/),
  });
});
