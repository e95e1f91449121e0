/** Osolgil as a peer of itself, by the same protocol as the others: node osolgil.ts WORKLOAD THREADS [fused|portable]. */
import { version } from "../../src/core/version.ts";
import type { Numerics } from "../../src/engine/engine.ts";
import { openSession } from "../open-session.ts";
import { findWorkloads } from "../workloads.ts";
import { serve } from "./protocol.ts";

const [name, wanted, profile] = process.argv.slice(2);
const { session, threads, numerics } = openSession(
  findWorkloads([name!]).found[0]!,
  Number(wanted),
  profile as Numerics | undefined,
);
let loss = Number.NaN;
await serve(
  { peer: `osolgil-${version}`, threads, numerics },
  (i) => {
    loss = session.step(i).loss;
    return undefined;
  },
  () => loss,
);
