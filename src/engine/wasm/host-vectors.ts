/**
 * Vectors of 256 bits where the host can make them.
 *
 * WebAssembly's vectors have 128 bits. V8 can join two neighbouring operations into one on registers of 256 bits (AVX2) when it is
 * told to: its flag --experimental-wasm-revectorize. It looks for two stores side by side and for the same operations behind both,
 * lane by lane the same arithmetic: no bit of a result changes, and code that finds no pairs runs as before. Products then do twice
 * as many multiply-adds at once.
 *
 * Choice  The flag is the process's: set when an engine is first probed, for all WebAssembly that is optimised from then on. It is asked
 *         for only where it was tried (Node on x64, V8 13.6 to 14), where the host was built with it (Node for macOS is not, nor are
 *         Deno and Bun, which call themselves Node in part), and never where the environment has OSOLGIL_VECTOR_BITS=128.
 */

export interface HostVectors {
  /** The host pairs vectors. */
  readonly pairs: boolean;
  readonly detail: string;
}

/** The parts of Node's process that are looked at; a browser has none. */
export interface NodeProcess {
  readonly arch: string;
  readonly release?: { readonly name?: string };
  readonly versions: { readonly v8?: string };
  readonly config?: { readonly variables?: { readonly v8_enable_wasm_simd256_revec?: unknown } };
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void } | undefined;
}

/** Versions of V8 that were tried: from this one on, and before that one. */
const [firstVersion, endVersion] = [13.6, 15];

const narrow = (why: string): HostVectors => ({ pairs: false, detail: `of 128 bits${why}` });

/** Whether the host pairs vectors; makes it do so where it must be told. Calling it again changes nothing. */
export function pairVectors({ process }: { readonly process?: NodeProcess } = globalThis as object): HostVectors {
  if (process?.release?.name !== "node" || !process.getBuiltinModule) return narrow(": only Node can be asked for more");
  if (process.env.OSOLGIL_VECTOR_BITS === "128") return narrow(", as OSOLGIL_VECTOR_BITS asks");
  if (process.arch !== "x64") return narrow(`: WebAssembly has no wider ones on ${process.arch}`);
  if (process.config?.variables?.v8_enable_wasm_simd256_revec !== 1) return narrow(": this host was built without pairs of them");
  const version = Number.parseFloat(process.versions.v8 ?? "");
  if (!(version >= firstVersion && version < endVersion))
    return narrow(`: pairs of them were not tried with V8 ${process.versions.v8}`);
  try {
    process.getBuiltinModule("node:v8")!.setFlagsFromString("--experimental-wasm-revectorize");
  } catch {
    return narrow(": the host's flags are out of reach");
  }
  return { pairs: true, detail: "of 256 bits, two of WebAssembly's at once" };
}
