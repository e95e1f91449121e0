/** Data that are read into the engine's memory: the same bits, and whatever does not fit there goes the usual way. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { idxFolder } from "../../src/data/datasets/idx-folder.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { TableMemory } from "../../src/engine/engine.ts";
import { createTableMemory } from "../../src/engine/wasm/table-memory.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { loadDataset } from "../../src/files/data-files.ts";
import { Session } from "../../src/train/session.ts";
import { idxBytes } from "../data/idx-bytes.ts";
import { raised } from "../data/raised.ts";
import { writeDigits } from "../support/digits.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "osolgil-tables-"));
  folder = join(root, "digits");
  writeDigits(folder);
});
afterEach(() => rmSync(root, { recursive: true }));

const images = () => join(folder, "train-images-idx3-ubyte");
const runOf = (more: object = {}) =>
  resolveRun(
    { data: { kind: "idxFolder", folder }, model: [{ kind: "dense", units: 30 }, "relu", { kind: "dense", units: 4 }], ...more },
    "test",
  );
const load = (memory?: TableMemory) =>
  loadDataset(idxFolder, { folder }, memory && { allocate: (bytes) => memory.allocate(bytes) });

/** All states after some steps, the memory of the tables, and a score. */
function train(raw = load(), tableMemory?: TableMemory, more: object = {}) {
  const session = new Session(runOf(more), raw, { engine: wasmEngine, tableMemory });
  for (let step = 0; step < 5; step++) session.step(step);
  const states = session.readStates().map(({ values }) => [...values]);
  return { states, score: session.evaluate("test"), tables: session.executable.memory.tables };
}

const given = () => {
  const memory = createTableMemory();
  if (!memory) throw new Error("this host gives no shared memory");
  return memory;
};

test("gives the same bits, and needs no second place", () => {
  const memory = given();
  const raw = load(memory);
  expect(raw.train.inputs).toHaveProperty("values.buffer", expect.any(SharedArrayBuffer));
  const [placed, copied] = [train(raw, memory), train()];
  expect(placed.states).toEqual(copied.states);
  expect(placed.score).toEqual(copied.score);
  expect(memory.take(new Map())).toBeUndefined();
  expect(memory.allocate(1)).toBeUndefined();
});

test("serves one session; the next one copies", () => {
  const memory = given();
  const raw = load(memory);
  const first = train(raw, memory);
  expect(train(raw, memory).states).toEqual(first.states);
  expect([...raw.train.inputs.values]).toEqual([...load().train.inputs.values]);
});

test("takes plain files, and leaves compressed ones where they are", () => {
  writeFileSync(`${images()}.gz`, gzipSync(readFileSync(images())));
  rmSync(images());
  const memory = given();
  expect(train(load(memory), memory).states).toEqual(train().states);
});

test("is not kept for what was converted after it was read", () => {
  const memory = given();
  const preprocessing = { preprocessing: ["standardise"] };
  const [placed, copied] = [train(load(memory), memory, preprocessing), train(load(), undefined, preprocessing)];
  expect(placed).toEqual(copied);
  const numbers = readFileSync(images()).subarray(16);
  writeFileSync(
    images(),
    idxBytes(
      "float32",
      [300, 4, 4],
      Float32Array.from(numbers, (value) => value / 255),
    ),
  );
  const other = given();
  expect(raised(() => loadDataset(idxFolder, { folder }, { allocate: (bytes) => other.allocate(bytes) }))).toContain(
    "E_DATA_TEST_SHAPE",
  );
});

test("without room, files are read as always; what was cut is told", () => {
  expect([...load({ ...given(), allocate: () => undefined }).train.inputs.values]).toEqual([...load().train.inputs.values]);
  truncateSync(images(), 1000);
  expect(raised(() => load(given()))).toContain("E_DATA_IDX_TRUNCATED");
});
