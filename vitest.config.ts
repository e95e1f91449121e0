import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**"],
    pool: "threads",
    // The long proofs (npm run test:long) take their time.
    testTimeout: process.env.OSOLGIL_LONG === "1" ? 900_000 : 30_000,
  },
});
