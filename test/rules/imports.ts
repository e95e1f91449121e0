/**
 * The import rules between the rooms of src/: which room may import which, and which rooms run in a browser.
 * docs/ and the architecture describe them; this table is what the tests enforce.
 */
import { posix } from "node:path";

const below = ["core", "graph", "engine", "nn", "optim", "data", "document", "doctor", "train"];

/** What each room may import besides itself. "*" means everything. A folder of src/ that is missing here is an error. */
export const allowedImports: Readonly<Record<string, readonly string[]>> = {
  core: [],
  graph: ["core"],
  engine: ["core", "graph"],
  // What hosts of a browser give: threads.
  browser: ["core", "engine"],
  figures: ["core"],
  // Figures as PNG, with fonts from the disk.
  pictures: ["core", "figures"],
  // Pages that open from the disk.
  pages: ["core", "figures", "search"],
  nn: ["core", "graph"],
  optim: ["core", "graph"],
  data: ["core", "graph", "nn", "optim"],
  document: ["core", "graph", "engine", "nn", "optim", "data"],
  // It tries out what a doctor asks.
  train: ["core", "graph", "engine", "nn", "optim", "data", "document", "doctor"],
  // Arrays in, a trained model out.
  library: below,
  // Contracts that parts are held to, ours and those of others.
  testing: ["core", "graph", "engine", "nn", "optim", "data", "search"],
  // The watchers see events and documents; what they must try out they ask through an interface of their own.
  doctor: ["core", "document"],
  search: ["core", "optim", "document"],
  // Of the search it knows what a trial is.
  store: ["core", "document", "search"],
  // Data sets and documents from the disk.
  files: ["core", "data", "document"],
  execute: [...below, "store", "search", "files"],
  experiments: ["*"],
  cli: ["*"],
  server: ["*"],
};

/** Rooms that run in a browser too: they import no node: module. src/index.ts counts among them. */
export const browserRooms: readonly string[] = [...below, "search", "figures", "browser", "library", "testing"];

/** Longest source file, in lines. */
export const longestFile = 450;

/** A file's text by its path inside src/, such as "core/math.ts". */
export type Sources = ReadonlyMap<string, string>;

/** The text without its comments; strings and templates stay. */
function withoutComments(text: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
  return text.replace(token, (found) => (found.startsWith("/") ? " " : found));
}

/** The module names a file imports or re-exports, statically or by import("..."); types count too. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const patterns = [
    // The clause between the word and "from" holds names, braces, commas, stars and blanks, never a quote or semicolon.
    /(?:^|[;}\s])(?:import|export)\s[^"'`;=()]*?\bfrom\s*["']([^"'\n]+)["']/g,
    /(?:^|[;}\s])import\s*["']([^"'\n]+)["']/g,
    /\bimport\s*\(\s*["'`]([^"'`\n]+)["'`]/g,
    /\bnew\s+URL\(\s*["']([^"'\n]+\.ts)["']\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => Array.from(code.matchAll(pattern), (match) => match[1]!));
}

/** "core" for "core/math.ts", "" for a file directly in src/. */
const roomOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "");

const resolveImport = (from: string, name: string): string => posix.join(posix.dirname(from), name);

/** Breaches of the room rules, of the browser rule and of the length rule, one line each. */
export function findBreaches(sources: Sources): string[] {
  const breaches: string[] = [];
  for (const [path, text] of sources) {
    const room = roomOf(path);
    const allowed = room === "" ? ["*"] : allowedImports[room];
    if (!allowed) {
      breaches.push(`src/${path}: the room '${room}' has no entry in test/rules/imports.ts`);
      continue;
    }
    const inBrowser = browserRooms.includes(room) || path === "index.ts";
    for (const name of importsOf(text)) {
      if (inBrowser && name.startsWith("node:")) breaches.push(`src/${path}: runs in a browser, so it may not import ${name}`);
      if (!name.startsWith(".")) continue;
      const target = resolveImport(path, name);
      if (target.startsWith("..")) {
        breaches.push(`src/${path}: imports ${name}, which is outside src/`);
        continue;
      }
      const targetRoom = roomOf(target);
      if (targetRoom === room || allowed.includes("*") || allowed.includes(targetRoom)) continue;
      const may = allowed.length > 0 ? allowed.join(", ") : "nothing of ours";
      breaches.push(`src/${path}: imports ${target}; ${room} may import ${may}`);
    }
    const lines = text.replace(/\n$/, "").split("\n").length;
    if (lines > longestFile) breaches.push(`src/${path}: ${lines} lines, more than ${longestFile}`);
  }
  return breaches;
}

/** Browser files that reach a node: module through the files they import, as "a.ts -> b.ts -> node:fs". */
export function findNodeBehindBrowser(sources: Sources): string[] {
  const found: string[] = [];
  const entries = [...sources.keys()].filter((path) => browserRooms.includes(roomOf(path)) || path === "index.ts");
  const seen = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const name of importsOf(sources.get(path) ?? "")) {
      if (name.startsWith("node:")) found.push([...trail, path, name].join(" -> "));
      else if (name.startsWith(".")) visit(resolveImport(path, name), [...trail, path]);
    }
  };
  for (const entry of entries) visit(entry, []);
  return found;
}

/** Cycles of imports, each as "a.ts -> b.ts -> a.ts". Depth first; every file on a cycle is in at least one of them. */
export function findCycles(sources: Sources): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      cycles.push([...trail.slice(at), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const name of importsOf(sources.get(path)!)) {
      const target = name.startsWith(".") ? resolveImport(path, name) : "";
      if (sources.has(target)) visit(target);
    }
    trail.pop();
    done.add(path);
  };
  for (const path of sources.keys()) visit(path);
  return cycles;
}
