/** The package as others get it: packed, and installed into an empty project without any registry. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A project with the package in it. */
export interface Project {
  readonly folder: string;
  /** The files of the package, by their paths in it. */
  readonly files: readonly string[];
  /** Of the packed file. */
  readonly sizeBytes: number;
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** Folders of what the package depends on, and what that depends on, as this checkout has them. */
function dependencyFolders(): string[] {
  const found = new Set<string>();
  const visit = (folder: string): void => {
    for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
      const dependency = join(root, "node_modules", name);
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit(root);
  return [...found];
}

/** The environment in which npm and the package's command run on the Node of this test. */
export const withNode = (node = process.execPath): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
});

const npm = async (args: readonly string[], cwd: string): Promise<string> =>
  (await promisify(execFile)("npm", args, { cwd, env: withNode(), maxBuffer: 1e8 })).stdout;

/**
 * Packs and installs. The package's dependencies are packed from this checkout too, since what a lock file has brought into
 * npm's cache does not suffice to install by a range of versions.
 */
export async function installPackage(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "osolgil-package-"));
  const packed = join(folder, "packed");
  mkdirSync(packed);
  const [own] = JSON.parse(await npm(["pack", "--json", "--pack-destination", packed], root)) as [
    { filename: string; size: number; files: { path: string }[] },
  ];
  await npm(["pack", "--ignore-scripts", "--pack-destination", packed, ...dependencyFolders()], root);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const files = readdirSync(packed).map((name) => `./packed/${name}`);
  await npm(["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", ...files], folder);
  for (const name of ["consumer", "page"]) cpSync(join(import.meta.dirname, name), join(folder, name), { recursive: true });
  return { folder, files: own.files.map(({ path }) => path), sizeBytes: own.size };
}
