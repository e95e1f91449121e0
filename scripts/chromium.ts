/** The browser of the tests that need one: one that the machine has, or Debian's. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A browser, or why there is none. */
export type Chromium = { readonly path: string } | { readonly reason: string };

/** The environment variable by which scripts/test.ts tells the tests why it could install none. */
export const reasonVariable = "OSOLGIL_NO_CHROMIUM";

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser that the variable CHROMIUM names, or else the first one in the PATH. */
export function findChromium(): Chromium {
  const { CHROMIUM: named, PATH = "" } = process.env;
  if (named) return isExecutable(named) ? { path: named } : { reason: `CHROMIUM names ${named}, which cannot be run` };
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const path = PATH.split(delimiter)
      .map((folder) => join(folder, name))
      .find(isExecutable);
    if (path !== undefined) return { path };
  }
  return { reason: process.env[reasonVariable] || "no Chromium here (the variable CHROMIUM can name one)" };
}

/** Runs apt-get with its output shown; what went wrong, if anything did. */
function aptGet(...args: string[]): string | undefined {
  const { status, signal, error } = spawnSync("apt-get", args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    timeout: 600_000,
  });
  if (status === 0) return undefined;
  return `apt-get ${args.join(" ")} ${error ? `could not run: ${error.message}` : `ended with ${signal ?? `code ${status}`}`}`;
}

/** Finds a browser; installs Debian's where there is none, which takes Debian or one of its kin, and root. */
export function provideChromium(): Chromium {
  const found = findChromium();
  if ("path" in found || process.env.CHROMIUM) return found;
  if (spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status !== 0)
    return { reason: `${found.reason}; there is no apt-get to install it with` };
  if (process.getuid?.() !== 0) return { reason: `${found.reason}; \`apt-get install chromium\` as root installs it` };
  console.log("\n== installing Chromium for the tests that need it");
  // The lists of packages may be missing, as in images of containers, or old.
  const failure = aptGet("install", "-y", "chromium") && (aptGet("update") ?? aptGet("install", "-y", "chromium"));
  return failure === undefined ? findChromium() : { reason: `${found.reason}; ${failure}` };
}
