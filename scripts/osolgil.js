// The command line from the sources. JavaScript, so that Node opens its cache of compiled code before it meets TypeScript: then it
// need not load what strips types, which takes longer than all else that comes before the first step.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("../src/cli/main.ts");
