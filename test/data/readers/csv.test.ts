import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../../src/core/errors.ts";
import { type Frame, mostLevels } from "../../../src/data/frame.ts";
import { mostColumns, readCells, type Separator } from "../../../src/data/readers/csv.ts";
import { type CsvOptions, parseNumber, readCsv } from "../../../src/data/readers/csv-columns.ts";
import { propertyRuns } from "../../support/long.ts";
import { raised } from "../raised.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const cellsOf = (text: string, separator: Separator = "auto") => {
  const { width, count, cell } = readCells(bytesOf(text), "f", separator);
  return Array.from({ length: count }, (_, row) => Array.from({ length: width }, (_, column) => cell(row * width + column)));
};
const fault = (text: string, options: CsvOptions = {}) => raised(() => readCsv(bytesOf(text), "f.csv", options));
const frame = (text: string, options: CsvOptions = {}): Frame => readCsv(bytesOf(text), "f.csv", options);
/** Numbers as they are, categories as their texts; what is missing as null. */
const plain = ({ columns }: Frame) =>
  Object.fromEntries(
    columns.map((column) => [
      column.name,
      column.kind === "number"
        ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
        : column.kind === "category"
          ? Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]))
          : "text",
    ]),
  );

describe("cells", () => {
  test.each<[string, string, string[][]]>([
    [
      "plain",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CRLF, no end at the end",
      "a,b\r\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CR alone",
      "a,b\r1,2\r",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "byte order mark",
      "\uFEFFa,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "quotes with separators and line ends",
      'a,b\n"x, y","p\nq\r\nr"',
      [
        ["a", "b"],
        ["x, y", "p\nq\r\nr"],
      ],
    ],
    [
      "a quote in quotes",
      'a,b\n"he said ""no""",""""',
      [
        ["a", "b"],
        ['he said "no"', '"'],
      ],
    ],
    [
      "a quote in the middle is itself",
      'a,b\n5" pipe,b"c"',
      [
        ["a", "b"],
        ['5" pipe', 'b"c"'],
      ],
    ],
    [
      "blanks around cells and quotes",
      'a , b\n  1\t, " x " \n',
      [
        ["a", "b"],
        ["1", " x "],
      ],
    ],
    [
      "blank lines",
      "\n\na,b\n\n1,2\n  \n\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "empty cells at both ends",
      "a,b,c\n,,\n,2,",
      [
        ["a", "b", "c"],
        ["", "", ""],
        ["", "2", ""],
      ],
    ],
    ["an empty quoted cell is a row", 'a\n""\n1', [["a"], [""], ["1"]]],
    [
      "semicolons",
      "a;b\n1,5;2\n",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
    ],
    [
      "tabs, empty cells among them",
      "a\tb\tc\n1\t\t3\n",
      [
        ["a", "b", "c"],
        ["1", "", "3"],
      ],
    ],
    [
      "bars",
      "a|b\n1|2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["one column", "a\n1\n2\n", [["a"], ["1"], ["2"]]],
    [
      "decimal commas do not part semicolons",
      "1,5;2,5\n3,5;4,5",
      [
        ["1,5", "2,5"],
        ["3,5", "4,5"],
      ],
    ],
    [
      "commas in texts do not part tabs",
      "name\tn\nA, b\t1\nC, d\t2",
      [
        ["name", "n"],
        ["A, b", "1"],
        ["C, d", "2"],
      ],
    ],
    [
      "beyond ASCII",
      "이름,값\n철수,1",
      [
        ["이름", "값"],
        ["철수", "1"],
      ],
    ],
  ])("%s", (_, text, expected) => {
    expect(cellsOf(text)).toEqual(expected);
  });

  test("any table comes back, however it was written", () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "é", "𝄞", ",", ";", "\t", "|", '"', "\n", "\r", " ", "1", "."), maxLength: 8 }),
      fc.string({ maxLength: 12 }),
    );
    const table = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
      .chain(([width, rows]) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: rows, maxLength: rows }),
      );
    const style = fc.record({
      separator: fc.constantFrom<Separator>(",", ";", "\t", "|"),
      end: fc.constantFrom("\n", "\r\n", "\r"),
      last: fc.boolean(),
      mark: fc.boolean(),
      quoteAll: fc.boolean(),
    });
    fc.assert(
      fc.property(table, style, (rows, { separator, end, last, mark, quoteAll }) => {
        const write = (text: string) =>
          quoteAll || text === "" || /[",;|\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const text = rows.map((row) => row.map(write).join(separator)).join(end) + (last ? end : "");
        const clean = rows.map((row) => row.map((one) => one.replaceAll("\0", "")));
        expect(cellsOf(`${mark ? "\uFEFF" : ""}${text.replaceAll("\0", "")}`, separator)).toEqual(clean);
      }),
      propertyRuns(200, 5000),
    );
  });

  test("the separator of tables of numbers and words is found", () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    const number = fc.integer({ min: -999, max: 999 }).map(String);
    const row = (width: number) => fc.array(fc.oneof(word, number), { minLength: width, maxLength: width });
    const table = fc.integer({ min: 2, max: 6 }).chain((width) => fc.array(row(width), { minLength: 2, maxLength: 200 }));
    fc.assert(
      fc.property(table, fc.constantFrom<Separator>(",", ";", "\t", "|"), (rows, separator) => {
        const text = rows.map((cells) => cells.join(separator)).join("\n");
        expect(readCells(bytesOf(text), "f").separator).toBe(separator);
      }),
      propertyRuns(100, 2000),
    );
  });
});

describe("columns", () => {
  test("numbers, categories and what is missing", () => {
    const text = 'n,c,m\n1,red,?\n-2.5,"blue",x\n,NA,\nnull,red,NaN\n1e3,N/A,x\n';
    expect(plain(frame(text))).toEqual({
      n: [1, -2.5, null, null, 1000],
      c: ["red", "blue", null, "red", null],
      m: [null, "x", null, null, "x"],
    });
    expect(frame(text).columns[1]).toMatchObject({ kind: "category", levels: ["blue", "red"] });
  });

  test("one text makes a column a category, and numbers in it keep how they were written", () => {
    expect(plain(frame("a\n01\n1.0\nx"))).toEqual({ a: ["01", "1.0", "x"] });
    expect(plain(frame("a\n01\n1.0\n"))).toEqual({ a: [1, 1] });
    expect(plain(frame("a\n01\n1.0\n", { kinds: { a: "category" } }))).toEqual({ a: ["01", "1.0"] });
    expect(fault("a,b\n1,2\nx,3", { kinds: { a: "number" } })).toBe(
      "DataError E_DATA_CELL: f.csv line 3: column 'a' needs a finite number, received 'x' | " +
        "Correct the cell, or leave it empty if its value is not known.",
    );
  });

  test("a header is the first line without numbers; or as told", () => {
    expect(plain(frame("a,b\n1,2"))).toEqual({ a: [1], b: [2] });
    expect(plain(frame("3,4\n1,2"))).toEqual({ column1: [3, 1], column2: [4, 2] });
    expect(plain(frame("x,4\ny,2"))).toEqual({ column1: ["x", "y"], column2: [4, 2] });
    expect(plain(frame("2019,2020\n1,2", { header: "yes" }))).toEqual({ 2019: [1], 2020: [2] });
    expect(plain(frame("a\nb", { header: "no" }))).toEqual({ column1: ["a", "b"] });
    expect(plain(frame(",x\n1,2"))).toEqual({ column1: [1], x: [2] });
    expect(frame("__proto__,constructor\n1,2").columns.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
  });

  test("decimal commas", () => {
    expect(plain(frame("a;b\n1,5;-0,25\n2;1e3", { decimal: "," }))).toEqual({ a: [1.5, 2], b: [-0.25, 1000] });
    expect(plain(frame("a;b\n1.5;x", { decimal: "," }))).toEqual({ a: ["1.5"], b: ["x"] });
  });

  test("the line of each row is known, past quoted line ends and blank lines", () => {
    expect([...frame('a,b\n"x\ny",1\n\n"z",2').lines!]).toEqual([2, 5]);
  });

  test("more different texts than a category has are text", () => {
    const texts = (count: number) => `a\n${Array.from({ length: count }, (_, i) => `x${i}`).join("\n")}\n?`;
    expect(frame(texts(mostLevels)).columns[0]!.kind).toBe("category");
    expect(frame(texts(mostLevels + 1)).columns[0]).toMatchObject({ name: "a", kind: "text", missing: 1 });
  });
});

describe("parseNumber", () => {
  const parse = (text: string, point = ".") => parseNumber(`x${text}y`, 1, 1 + text.length, point.charCodeAt(0));

  test("every float64 comes back to the bit, as JavaScript writes it and with 17 digits", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        fc.pre(!Object.is(value, -0)); // written as 0
        expect(parse(String(value))).toBe(value);
        expect(parse(value.toExponential(16))).toBe(value);
        expect(parse(String(value).replace(".", ","), ",")).toBe(value);
      }),
      propertyRuns(500, 20_000),
    );
  });

  test("decimals of any length are the nearest float64, as JavaScript has them", () => {
    const digits = fc.stringMatching(/^\d{0,18}$/);
    fc.assert(
      fc.property(digits, digits, fc.constantFrom("", "-", "+"), (whole, behind, sign) => {
        fc.pre(whole + behind !== "");
        expect(parse(`${sign}${whole}.${behind}`)).toBe(Number(`${sign}${whole}.${behind}`));
      }),
      propertyRuns(500, 20_000),
    );
  });

  test.each(["", "-", ".", "1-2", "1,5", "1.2.3", "0x10", "1e", "e5", "1e5.5", "--1", "1 2", "one", "1_000", "١"])(
    "%j is none",
    (text) => {
      expect(parse(text)).toBeNaN();
    },
  );

  test("infinity is one, and refused in a column", () => {
    expect([parse("inf"), parse("-Infinity"), parse("1e999")]).toEqual([Infinity, -Infinity, Infinity]);
    expect(fault("a\n1\n-inf\n")).toContain("E_DATA_CELL: f.csv line 3: column 'a' needs a finite number, received '-inf'");
  });
});

describe("what is wrong is said", () => {
  test.each<[string, string, string]>([
    [
      "too many cells",
      "a,b\n1,2\n\n3,4,5\n",
      "E_DATA_CSV_RAGGED: f.csv line 4: every line must have 2 cells like the first, this one has 3 | A cell that contains",
    ],
    [
      "too few cells",
      'a,b\n"1\n",2\n3\n',
      "E_DATA_CSV_RAGGED: f.csv line 4: every line must have 2 cells like the first, this one has 1",
    ],
    ["an open quote", 'a,b\n1,"x\n2,3\n', "E_DATA_CSV_QUOTE: f.csv line 2: a quote is opened here and never closed"],
    [
      "text after a quote",
      'a,b\n"x"y,2\n',
      "E_DATA_CSV_QUOTE: f.csv line 2: after a closing quote comes ',' or the end of the line, received 'y,2'",
    ],
    ["no bytes", "", "E_DATA_CSV_EMPTY: f.csv: a table has at least one line, the file has 0 bytes"],
    ["blanks", " \n\n", "E_DATA_CSV_EMPTY: f.csv: a table has at least one line, the file has only blanks"],
    ["a header alone", "a,b\n", "E_DATA_CSV_EMPTY: f.csv: a table has at least one row below its header"],
    [
      "a name twice",
      "a,b,a\n1,2,3",
      "E_DATA_CSV_HEADER: f.csv: each column needs a name of its own, 'a' is that of columns 1 and 3",
    ],
    [
      "a name too long",
      `${"a".repeat(2000)},b\n1,2`,
      "E_DATA_CSV_HEADER: f.csv: the name of column 1 has 2000 characters, more than 1000",
    ],
    [
      "too many columns",
      `${"1,".repeat(mostColumns)}1\n`,
      `E_DATA_CSV_COLUMNS: f.csv line 1: ${mostColumns + 1} cells, more than ${mostColumns}`,
    ],
    ["zero bytes", "a,b\n1,\0", "E_DATA_CSV_ENCODING: f.csv: a CSV file is text in UTF-8, this one has zero bytes"],
  ])("%s", (_, text, expected) => {
    expect(fault(text)).toContain(expected);
  });

  test.each<[string, number[], string]>([
    ["UTF-16", [0xff, 0xfe, 0x61, 0], "this one is in UTF-16"],
    ["a spreadsheet", [0x50, 0x4b, 3, 4], "this one is a zip archive | It is perhaps a spreadsheet (.xlsx)"],
    ["gzip", [0x1f, 0x8b, 8, 0], "compressed with gzip"],
    ["Windows-1252", [...bytesOf("a,b\n1,2\n"), 0x63, 0xe9, 0x2c, 0x31], "line 3 is not | It is perhaps in a national encoding"],
    ["CP949", [0xb0, 0xa1, 0x2c, 0x31], "line 1 is not"],
  ])("%s", (_, bytes, expected) => {
    expect(raised(() => readCsv(Uint8Array.from(bytes), "f.csv"))).toContain(expected);
  });
});

describe("hostile files", () => {
  /** A frame or a DataError; anything else fails. */
  function survives(bytes: Uint8Array): void {
    try {
      const { columns, count } = readCsv(bytes, "f");
      for (const column of columns) {
        if (column.kind === "number")
          expect(column.values.every((value) => Number.isNaN(value) || Number.isFinite(value))).toBe(true);
        if (column.kind === "category") {
          expect(column.codes.length).toBe(count);
          expect(column.codes.every((code) => code >= -1 && code < column.levels.length)).toBe(true);
        }
      }
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
    }
  }

  test("random bytes, and random text of the characters that matter", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), survives), propertyRuns(300, 20_000));
    const unit = fc.constantFrom(...'a1,;\t|"\n\r .-e?N'.split(""), "\uFEFF", "\0", "é", "\uFFFD");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 200 }), (text) => survives(bytesOf(text))),
      propertyRuns(500, 20_000),
    );
  });

  test("a valid file with a few bytes changed, or cut", () => {
    const valid = bytesOf('id,name,"size, m",class\n1,"Kim ""K""",2.5,a\n2,Lee,?,b\r\n3,"Park\nJ",1e3,a\n');
    const change = fc.record({ at: fc.nat({ max: valid.length - 1 }), bit: fc.nat({ max: 7 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat({ max: valid.length }), (changes, length) => {
        const bytes = valid.slice();
        for (const { at, bit } of changes) bytes[at] ^= 1 << bit;
        survives(bytes);
        survives(bytes.subarray(0, length));
      }),
      propertyRuns(500, 20_000),
    );
  });

  test("10 MB in one line are read or refused within the memory of a few copies", () => {
    const lines = [",", "a", '"', '"a",', "1e", " ", "\r", '""'].map((unit) => unit.repeat(10_000_000 / unit.length));
    for (const line of [...lines, `1${"2".repeat(10_000_000)}`]) {
      const before = process.memoryUsage().arrayBuffers;
      survives(bytesOf(`${line}\n${line}`));
      // The text itself is 20 MB twice over, as bytes and as a string outside of this count.
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
    }
  });
});
