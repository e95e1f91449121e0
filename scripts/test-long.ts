/**
 * The long proofs: the same tests with every sweep run whole, and those that install other versions of Node.
 *
 *   npm run test:long [-- path/filter]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const { status } = spawnSync(process.execPath, [join(import.meta.dirname, "test.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, OSOLGIL_LONG: "1" },
});
process.exitCode = status ?? 1;
