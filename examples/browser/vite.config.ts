/**
 * A page that trains in a worker and draws the loss.
 *
 *   npm run build && npx vite examples/browser
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** With these headers a page may share memory, and train with several threads. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  base: "./",
  // Here the library of this checkout, as it is built. A project that has installed it needs no alias.
  resolve: { alias: { osolgil: fileURLToPath(new URL("../../dist/index.js", import.meta.url)) } },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
});
