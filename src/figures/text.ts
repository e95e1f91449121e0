/**
 * How much room a text takes, without a font at hand: the same answer on every host, so that a figure has the same bytes.
 *
 * Source   Advance widths of Pretendard, in hundredths of the size; the fonts that stand in for it are narrower or close.
 * Choice   A share more is assumed, for the font that a reader has may be wider.
 */

/** From the blank to the tilde. */
const asciiWidths = [
  25, 26, 38, 60, 61, 86, 61, 20, 34, 34, 47, 63, 26, 43, 25, 33, 60, 44, 59, 62, 62, 60, 61, 55, 61, 61, 25, 25, 63, 63, 63, 48,
  88, 65, 62, 69, 69, 57, 56, 71, 71, 24, 52, 62, 53, 85, 72, 73, 60, 73, 61, 61, 61, 71, 65, 92, 61, 63, 59, 34, 33, 34, 44, 42,
  47, 54, 59, 53, 59, 55, 34, 58, 56, 22, 22, 52, 22, 83, 56, 57, 58, 58, 35, 50, 34, 55, 53, 78, 51, 53, 51, 34, 31, 34, 63,
];
/** Room for fonts that are wider than the one measured. */
const reserve = 1.05;
const strongWidth = 1.05;

/** Of a character, in hundredths of the size. */
function widthOf(code: number): number {
  if (code < 0x20) return 0;
  if (code < 0x7f) return asciiWidths[code - 0x20]!;
  if (code >= 0x300 && code < 0x370) return 0; // marks over the letter before
  if (code >= 0xac00 && code < 0xd7a4) return 87; // Hangul
  if (code >= 0x1f000) return 130; // pictures
  if (code >= 0x1100 && (code < 0x1200 || (code >= 0x2e80 && code < 0xff61))) return 100; // Chinese, Japanese, full width
  if (code === 0xb2 || code === 0xb3 || code === 0xb9 || (code >= 0x2070 && code < 0x20a0)) return 43; // raised and lowered
  if (code >= 0x2190 && code < 0x2300) return 92; // arrows, signs
  if (code === 0xb7 || code === 0x2019 || code === 0x2018) return 26;
  return 66;
}

/** The width of a line of text in pixels. */
export function measureText(text: string, size: number, strong = false): number {
  let width = 0;
  for (const character of text) width += widthOf(character.codePointAt(0)!);
  return (width * size * reserve * (strong ? strongWidth : 1)) / 100;
}

/** From one line to the next. */
export const lineHeight = (size: number): number => Math.round(size * 1.35);

/** From the top of a line to the line on which its letters stand. */
export const ascent = (size: number): number => size * 0.99;

/**
 * Breaks a text at blanks into lines of a width, and in the middle of a word that is wider than a line.
 *
 * @returns at least one line; none for an empty text
 */
export function wrapText(text: string, width: number, size: number, strong = false): string[] {
  const lines: string[] = [];
  const fits = (line: string): boolean => measureText(line, size, strong) <= width;
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/\s+/).filter((part) => part !== "")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (fits(longer)) {
        line = longer;
        continue;
      }
      if (line !== "") lines.push(line);
      line = "";
      for (const character of word) {
        if (line !== "" && !fits(line + character)) {
          lines.push(line);
          line = "";
        }
        line += character;
      }
    }
    if (line !== "") lines.push(line);
  }
  return lines;
}
