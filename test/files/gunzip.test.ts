import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gunzipWithin } from "../../src/files/gunzip.ts";
import { raised } from "../data/raised.ts";

/** As gzip writes it, with another size claimed in the last 4 bytes. */
function claiming(bytes: Uint8Array, size: number): Uint8Array {
  const file = Uint8Array.from(gzipSync(bytes));
  new DataView(file.buffer).setUint32(file.length - 4, size, true);
  return file;
}

describe("gunzipWithin", () => {
  test("gives back what was compressed, also in several members", () => {
    const member = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 3 }), (members) => {
        const bytes = gunzipWithin(Buffer.concat(members.map((each) => gzipSync(each))), "f");
        expect([...bytes]).toEqual(members.flatMap((each) => [...each]));
      }),
    );
    const parts = [new Uint8Array(400_000).fill(1), new Uint8Array(70_000).fill(2)];
    expect(Buffer.compare(gunzipWithin(Buffer.concat(parts.map((each) => gzipSync(each))), "f"), Buffer.concat(parts))).toBe(0);
  });

  test("the result is one piece, not a second copy glued from many", () => {
    const bytes = gunzipWithin(gzipSync(new Uint8Array(1_000_000)), "f");
    expect(bytes.length).toBe(1_000_000);
    // Glued pieces come in a buffer of exactly their length; the one piece has the spare room that chunkFor asks for.
    expect(bytes.buffer.byteLength).toBe(1_000_001);
  });

  test("stops at the limit, and takes exactly the limit", () => {
    const bomb = gzipSync(new Uint8Array(20_000_000));
    expect(raised(() => gunzipWithin(bomb, "x.gz", 1000))).toBe(
      "DataError E_DATA_GZIP_TOO_LARGE: x.gz: decompressed it must be at most 1000 bytes, and it is more | " +
        "If the file is meant to be so large, raise limitBytes.",
    );
    expect(gunzipWithin(gzipSync(new Uint8Array(200_000)), "x.gz", 200_000).length).toBe(200_000);
    expect(raised(() => gunzipWithin(gzipSync(new Uint8Array(200_000)), "x.gz", 199_999))).toContain("E_DATA_GZIP_TOO_LARGE");
  });

  test("a claimed size that is wrong is an error, costs no memory, and does not lift the limit", () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(raised(() => gunzipWithin(claiming(new Uint8Array(100), 2 ** 32 - 1), "x.gz"))).toContain("E_DATA_GZIP: x.gz");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(raised(() => gunzipWithin(claiming(new Uint8Array(5_000_000), 3), "x.gz", 1000))).toContain("E_DATA_GZIP_TOO_LARGE");
  });

  test("a cut or damaged file is an error that names it", () => {
    const bytes = gzipSync(Uint8Array.from({ length: 200 }, (_, i) => (i * 7) % 256));
    for (let length = 2; length < bytes.length; length++) {
      expect(raised(() => gunzipWithin(bytes.subarray(0, length), "x.gz"))).toMatch(
        /^DataError E_DATA_GZIP: x\.gz: .+Get it again\.$/,
      );
    }
    const damaged = Uint8Array.from(bytes);
    damaged[bytes.length - 6] ^= 1; // in the checksum
    expect(raised(() => gunzipWithin(damaged, "x.gz"))).toContain("E_DATA_GZIP: x.gz");
  });
});
