/** Osolgil against every peer that is here, workload by workload; never two races at a time. */
import { type Contestant, startContestant } from "./contestant.ts";
import { whyNotYet } from "./open-session.ts";
import { type BenchOptions, type RaceOptions, threadsFor } from "./options.ts";
import { osolgilCommand, type Peer, peers } from "./peers.ts";
import { race } from "./race.ts";
import { forPeers, type Workload } from "./workload.ts";

export interface RaceLine {
  readonly workload: string;
  readonly peer: string;
  readonly peerVersion?: string;
  /** Those that the peer really uses. */
  readonly threads: number;
  readonly requestedThreads?: number;
  /** Those that Osolgil really uses. */
  readonly osolgilThreads?: number;
  readonly numerics?: string;
  /** Steps per second, medians. */
  readonly ours?: number;
  readonly theirs?: number;
  /** ours / theirs; null where there was no race, and `skipped` or `failed` tells why. */
  readonly ratio: number | null;
  readonly ratioQuartiles?: { readonly lower: number; readonly upper: number };
  readonly rounds?: number;
  readonly windowMs?: number;
  /** Osolgil or the peer has not all that the workload takes. */
  readonly skipped?: string;
  /** A fault of Osolgil's. */
  readonly failed?: string;
}

export interface MissingPeer {
  readonly peer: string;
  readonly reason: string;
  readonly install: string;
}

/** Which of the wanted peers are here, with their versions, and which are not. */
export function findPeers({ peers: wanted, python }: RaceOptions): {
  readonly found: readonly { readonly peer: Peer; readonly version: string }[];
  readonly missing: readonly MissingPeer[];
} {
  const found: { peer: Peer; version: string }[] = [];
  const missing: MissingPeer[] = [];
  for (const peer of peers.filter(({ name }) => wanted.includes(name))) {
    const detection = peer.detect(python);
    if (detection.isHere) found.push({ peer, version: detection.version });
    else missing.push({ peer: peer.name, reason: detection.reason, install: peer.install });
  }
  return { found, missing };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function raceOne(
  ours: Contestant,
  peer: Peer,
  workload: Workload,
  threads: number,
  options: BenchOptions,
): Promise<RaceLine> {
  const { rounds, python, peerThreads = threads } = options.race!;
  const { windowMs } = options;
  const line = { workload: workload.name, peer: peer.name };
  let theirs: Contestant | undefined;
  try {
    theirs = await startContestant(peer.command(forPeers(workload), peerThreads, python));
    const { info } = theirs;
    return {
      ...line,
      peerVersion: info.peer,
      threads: info.threads,
      ...(info.threads !== peerThreads && { requestedThreads: peerThreads }),
      osolgilThreads: ours.info.threads,
      ...(ours.info.numerics !== undefined && { numerics: ours.info.numerics }),
      ...(await race(ours, theirs, rounds, windowMs)),
      rounds,
      windowMs,
    };
  } catch (error) {
    const why = ours.hasEnded() ? { failed: `osolgil: ${reasonOf(error)}` } : { skipped: reasonOf(error) };
    return { ...line, threads, ratio: null, ...why };
  } finally {
    await theirs?.close();
  }
}

/** Races all that the options ask for, one line after the other. */
export async function* racePeers(found: readonly Peer[], options: BenchOptions): AsyncGenerator<RaceLine> {
  for (const workload of options.workloads) {
    const reason = whyNotYet(workload);
    for (const threads of threadsFor(options, workload)) {
      const without = (why: { readonly skipped: string } | { readonly failed: string }) =>
        found.map((peer): RaceLine => ({ workload: workload.name, peer: peer.name, threads, ratio: null, ...why }));
      if (reason !== undefined) {
        yield* without({ skipped: reason });
        continue;
      }
      let ours: Contestant | undefined;
      try {
        ours = await startContestant(osolgilCommand(workload.name, threads, options.numerics));
      } catch (error) {
        yield* without({ failed: `osolgil: ${reasonOf(error)}` });
        continue;
      }
      try {
        for (const peer of found) yield await raceOne(ours, peer, workload, threads, options);
      } finally {
        await ours.close();
      }
    }
  }
}
