/** The peers: how to find out whether one is here, and how to start it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mnist } from "../src/data/datasets/mnist.ts";
import { findDataFolder } from "../src/files/data-files.ts";
import type { PeerWorkload } from "./workload.ts";

export type Detection = { readonly isHere: true; readonly version: string } | { readonly isHere: false; readonly reason: string };

export interface Command {
  readonly file: string;
  readonly list: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Peer {
  readonly name: string;
  readonly summary: string;
  /** What brings it to a machine that lacks it. */
  readonly install: string;
  detect(python: string): Detection;
  command(workload: PeerWorkload, threads: number, python: string): Command;
}

const folder = join(import.meta.dirname, "peers");
const debianPython = "/usr/bin/python3";

/** The environment of a peer: as many threads as it is given, and no settings that would slow its products down. */
function environmentFor(threads: number): Readonly<Record<string, string | undefined>> {
  const count = String(threads);
  return {
    ...process.env,
    OPENBLAS_CORETYPE: undefined,
    OPENBLAS_L2_SIZE: undefined,
    OPENBLAS_NUM_THREADS: count,
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    PYTHONDONTWRITEBYTECODE: "1",
    // Otherwise torch.compile keeps a pool of processes beside the one that is measured.
    TORCHINDUCTOR_COMPILE_THREADS: "1",
  };
}

/** Runs a few lines of Python that print a version; where they fail, the last line of what Python says is the reason. */
function askPython(python: string, code: string): Detection {
  const { error, status, stdout, stderr } = spawnSync(python, ["-c", code], {
    env: environmentFor(1),
    encoding: "utf8",
    timeout: 180_000,
  });
  if (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { isHere: false, reason: isMissing ? `there is no ${python}` : error.message };
  }
  const lastLine = (text: string) => text.trim().split("\n").pop()!;
  if (status !== 0) return { isHere: false, reason: `${lastLine(stderr) || `ended with code ${status}`} (${python})` };
  return { isHere: true, version: lastLine(stdout) };
}

const pythonCommand = (
  python: string,
  script: string,
  workload: PeerWorkload,
  threads: number,
  ...options: readonly string[]
): Command => ({
  file: python,
  list: [join(folder, script), JSON.stringify(workload), String(threads), ...options],
  // Only what learns MNIST needs it to be here.
  environment: {
    ...environmentFor(threads),
    ...(workload.source === "mnist" && { MNIST_FOLDER: findDataFolder(mnist).path }),
  },
});

const nodeCommand = (script: string, workload: PeerWorkload, threads: number, ...options: readonly string[]): Command => ({
  file: process.execPath,
  list: [join(folder, script), JSON.stringify(workload), String(threads), ...options],
  environment: environmentFor(threads),
});

function findPackages(...names: readonly string[]): Detection {
  const versions: string[] = [];
  for (const name of names) {
    try {
      const manifest = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
      versions.push((JSON.parse(manifest) as { version: string }).version);
    } catch {
      return { isHere: false, reason: `the package ${name} is not in bench/peers/node_modules` };
    }
  }
  return { isHere: true, version: versions[0]! };
}

const importTorch = "import torch, numpy";
/** PyTorch 1 has no fused updates on CPUs. */
const requireTorch2 =
  'int(torch.__version__.split(".")[0]) >= 2 or exit(f"PyTorch {torch.__version__} is too old: 2.4 or newer is meant here")';
const installTorch = "pip install torch numpy";
const installJavaScript = "npm install in bench/peers";
const findTensorFlow = () => findPackages("@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm");

export const peers: readonly Peer[] = [
  {
    name: "pytorch",
    summary: "PyTorch 2, eager, fused updates",
    install: installTorch,
    detect: (python) => askPython(python, `${importTorch}; ${requireTorch2}; print(torch.__version__)`),
    command: (workload, threads, python) => pythonCommand(python, "pytorch.py", workload, threads),
  },
  {
    name: "pytorch-compile",
    summary: "PyTorch 2, torch.compile, fused updates",
    install: `${installTorch}, and a C++ compiler`,
    detect: (python) =>
      askPython(
        python,
        `${importTorch}; ${requireTorch2}; torch.compile(lambda x: x * 2 + 1)(torch.ones(8)); print(torch.__version__)`,
      ),
    command: (workload, threads, python) => pythonCommand(python, "pytorch.py", workload, threads, "compile"),
  },
  {
    name: "pytorch-debian",
    summary: "PyTorch as Debian's own Python has it",
    install: "apt-get install python3-torch libopenblas0-pthread",
    detect: () => askPython(debianPython, `${importTorch}; print(torch.__version__)`),
    command: (workload, threads) => pythonCommand(debianPython, "pytorch.py", workload, threads, "foreach"),
  },
  {
    name: "numpy",
    summary: "NumPy, float32, layers as in a textbook",
    install: "pip install numpy",
    detect: (python) => askPython(python, "import numpy; print(numpy.__version__)"),
    command: (workload, threads, python) => pythonCommand(python, "numpy_layers.py", workload, threads),
  },
  {
    name: "tfjs",
    summary: "TensorFlow.js, wasm, with explicit transposes",
    install: installJavaScript,
    detect: findTensorFlow,
    command: (workload, threads) => nodeCommand("tfjs.ts", workload, threads, "transposes"),
  },
  {
    name: "tfjs-shipped",
    summary: "TensorFlow.js, wasm, as shipped",
    install: installJavaScript,
    detect: findTensorFlow,
    command: (workload, threads) => nodeCommand("tfjs.ts", workload, threads, "shipped"),
  },
  {
    name: "jax-js",
    summary: "jax-js, wasm, the step under jit",
    install: installJavaScript,
    detect: () => findPackages("@jax-js/jax"),
    command: (workload, threads) => nodeCommand("jaxjs.ts", workload, threads),
  },
];

/** Osolgil itself, as what the others race against. */
export const osolgilCommand = (workload: string, threads: number, numerics: string | undefined): Command => ({
  file: process.execPath,
  list: [join(folder, "osolgil.ts"), workload, String(threads), ...(numerics === undefined ? [] : [numerics])],
  environment: environmentFor(threads),
});
