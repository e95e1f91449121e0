/** The reference of the library: each export is documented, and what it refers to is exported too. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const tools = join(import.meta.dirname, "../../tools/docs");

test("every export of osolgil is documented", { timeout: 120_000 }, async () => {
  const typedoc = createRequire(join(tools, "package.json")).resolve("typedoc");
  const command = join(typedoc, "../../bin/typedoc");
  const options = ["--options", join(tools, "typedoc.json"), "--emit", "none"];
  // Its warnings count as errors.
  const told = await promisify(execFile)(process.execPath, [command, ...options]).then(
    () => "",
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );
  expect(told).toBe("");
});
