import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gunzip, isGzip } from "../../../src/data/readers/gzip.ts";
import { rejected } from "../raised.ts";

describe("gunzip", () => {
  test("gives back what was compressed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect([...(await gunzip(gzipSync(bytes), "f"))]).toEqual([...bytes]);
      }),
      { numRuns: 30 },
    );
    const large = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
    expect(Buffer.compare(await gunzip(gzipSync(large, { level: 0 }), "f"), large)).toBe(0);
  });

  test("stops at the limit, and takes exactly the limit", async () => {
    const bomb = gzipSync(new Uint8Array(20_000_000));
    expect(await rejected(gunzip(bomb, "x.gz", 1000))).toBe(
      "DataError E_DATA_GZIP_TOO_LARGE: x.gz: decompressed it must be at most 1000 bytes, and it is more | " +
        "If the file is meant to be so large, raise limitBytes.",
    );
    const small = gzipSync(new Uint8Array(1000));
    expect((await gunzip(small, "x.gz", 1000)).length).toBe(1000);
    expect(await rejected(gunzip(small, "x.gz", 999))).toContain("E_DATA_GZIP_TOO_LARGE");
  });

  test("a cut or damaged file is an error that names it", async () => {
    const bytes = gzipSync(Uint8Array.from({ length: 200 }, (_, i) => (i * 7) % 256));
    for (let length = 2; length < bytes.length; length += 5) {
      expect(await rejected(gunzip(bytes.subarray(0, length), "x.gz"))).toMatch(
        /^DataError E_DATA_GZIP: x\.gz: .+Get it again\.$/,
      );
    }
    const damaged = Uint8Array.from(bytes);
    damaged[bytes.length - 6] ^= 1; // in the checksum
    expect(await rejected(gunzip(damaged, "x.gz"))).toContain("E_DATA_GZIP: x.gz");
  });

  test("isGzip knows it by its first two bytes", () => {
    expect(isGzip(gzipSync(Uint8Array.of(1)))).toBe(true);
    expect([[], [0x1f], [0, 0, 8, 3], [0x1f, 0x8c]].map((bytes) => isGzip(Uint8Array.from(bytes)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
