import { expect, test } from "vitest";
import { DocumentError } from "../../src/core/errors.ts";
import { editDocument } from "../../src/document/edit.ts";

const document = { optimizer: "adam", model: [{ kind: "dense", units: 5 }, "relu", { kind: "dense", name: "last", units: 3 }] };

test.each([
  ["optimizer.learningRate=0.1", { optimizer: { kind: "adam", learningRate: 0.1 } }],
  ["optimizer=sgd", { optimizer: "sgd" }],
  ['optimizer={"kind":"sgd"}', { optimizer: { kind: "sgd" } }],
  ["training.epochs=3", { training: { epochs: 3 } }],
  ["data.folder=a=b", { data: { folder: "a=b" } }],
])("%s changes one value", (edit, changed) => {
  expect(editDocument(document, edit)).toEqual({ ...document, ...changed });
});

test.each(["model[0].units=7", "model.0.units=7", "model.dense1.units=7"])("%s finds a layer by number or name", (edit) => {
  expect((editDocument(document, edit) as typeof document).model[0]).toEqual({ kind: "dense", units: 7 });
});

test("a layer's own name counts, and the document given stays as it is", () => {
  expect((editDocument(document, "model.last.units=9") as typeof document).model[2]).toEqual({
    kind: "dense",
    name: "last",
    units: 9,
  });
  expect(document.model[2]).toEqual({ kind: "dense", name: "last", units: 3 });
});

test("a layer that stands in a document twice is changed in one place", () => {
  const layer = { kind: "dense", units: 5 };
  expect(editDocument({ model: [layer, layer] }, "model.dense1.units=7")).toEqual({
    model: [{ kind: "dense", units: 7 }, layer],
  });
});

test.each([
  ["learningRate", "expected path=value, received 'learningRate'"],
  ["=3", "expected path=value"],
  ["a..b=3", "'a..b' is not a path"],
  ["__proto__.x=1", "is not a path"],
  ["model[7].units=1", "there is no entry '7'"],
  ["model.dens1.units=1", "there is no entry 'dens1'"],
  ["model[0].units.deep=1", "model.0.units has nothing inside"],
])("%s is refused", (edit, expected) => {
  expect(() => editDocument(document, edit)).toThrow(DocumentError);
  expect(() => editDocument(document, edit)).toThrow(expected);
});
