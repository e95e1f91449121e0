/**
 * Vectors of 256 bits where the host can make them.
 *
 * WebAssembly's vectors have 128 bits. V8 can join two neighbouring operations into one on registers of 256 bits (AVX2) when it is
 * told to: its flag --experimental-wasm-revectorize. It looks for two stores side by side and for the same operations behind both,
 * lane by lane the same arithmetic: no bit of a result changes, and code that finds no pairs runs as before. Products then do twice
 * as many multiply-adds at once.
 *
 * Choice  The flag is the process's, set when the first engine is compiled, for all WebAssembly that is compiled from then on; a
 *         browser cannot be asked. It is asked for only where it was tried (Node 24 to 26 on x64), and never where the
 *         environment has OSOLGIL_VECTOR_BITS=128.
 */

export interface HostVectors {
  /** The host pairs vectors. */
  readonly pairs: boolean;
  readonly detail: string;
}

/** The parts of Node's process that are looked at; a browser has none. */
interface NodeProcess {
  readonly arch: string;
  readonly release?: { readonly name?: string };
  readonly versions: { readonly v8?: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void } | undefined;
}

/** Versions of V8 that were tried: from this one on, and before that one. */
const [firstVersion, endVersion] = [13.6, 15];

/** Whether the host pairs vectors; makes it do so where it must be told. Calling it again changes nothing. */
export function pairVectors(): HostVectors {
  const { process } = globalThis as { process?: NodeProcess };
  if (process?.release?.name !== "node" || !process.getBuiltinModule)
    return { pairs: false, detail: "of 128 bits: only Node can be asked for more" };
  if (process.env.OSOLGIL_VECTOR_BITS === "128") return { pairs: false, detail: "of 128 bits, as OSOLGIL_VECTOR_BITS asks" };
  if (process.arch !== "x64") return { pairs: false, detail: `of 128 bits: ${process.arch} has no wider ones for WebAssembly` };
  const version = Number.parseFloat(process.versions.v8 ?? "");
  if (!(version >= firstVersion && version < endVersion))
    return { pairs: false, detail: `of 128 bits: not tried with V8 ${process.versions.v8 ?? "of this host"}` };
  const v8 = process.getBuiltinModule("node:v8");
  if (!v8) return { pairs: false, detail: "of 128 bits: the host's flags are out of reach" };
  v8.setFlagsFromString("--experimental-wasm-revectorize");
  return { pairs: true, detail: "of 256 bits, two of WebAssembly's at once" };
}
