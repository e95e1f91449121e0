/** How numbers are written in a figure: a true minus, thousands apart, powers of ten raised. */

const raised: Readonly<Record<string, string>> = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

/** 10⁻³ for -3. */
export const powerOfTen = (exponent: number): string => `10${Array.from(String(exponent), (sign) => raised[sign]).join("")}`;

/** Fixed decimals, "1,024.50", "−3". */
export function fixed(value: number, decimals: number): string {
  const [whole = "", part] = Math.abs(value)
    .toFixed(Math.min(20, Math.max(0, decimals)))
    .split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const text = part === undefined ? grouped : `${grouped}.${part}`;
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** The exponent e with 10^e <= value < 10^(e + 1), for a value > 0. */
export const exponentOf = (value: number): number => Number(value.toExponential().split("e")[1]);

/** "2×10⁶", "−1.5×10⁻⁷", "10⁴", with so many decimals before the power. */
export function scientific(value: number, decimals: number): string {
  if (value === 0) return "0";
  const [mantissa = "1", exponent = "0"] = Math.abs(value)
    .toExponential(Math.min(20, Math.max(0, decimals)))
    .split("e");
  const power = powerOfTen(Number(exponent));
  return `${value < 0 ? "−" : ""}${Number(mantissa) === 1 && decimals <= 0 ? power : `${mantissa}×${power}`}`;
}

/** A single number with about three digits that count. */
export function brief(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return scientific(value, 1).replace(/\.0×/, "×");
  if (size >= 100) return fixed(value, 0);
  return fixed(Number(size.toPrecision(3)) * (value < 0 ? -1 : 1), Math.max(0, 2 - exponentOf(size)))
    .replace(/(\.\d*?)0+$|\.$/, "$1")
    .replace(/\.$/, "");
}

/** Numbers that stand at even steps, written alike: as many decimals as the step needs. */
export function alike(values: readonly number[], step: number): string[] {
  const greatest = Math.max(...values.map(Math.abs));
  const stepExponent = exponentOf(step);
  // A step such as 25 has a digit behind its first.
  const digits = Number((step / Number(`1e${stepExponent}`)).toPrecision(3)) % 1 === 0 ? 0 : 1;
  if (greatest >= 1e6 || greatest < 1e-3) {
    // The same power for all.
    const exponent = exponentOf(greatest);
    const decimals = exponent - stepExponent + digits;
    return values.map((value) => {
      if (Math.abs(value) < step / 1e6) return "0";
      const mantissa = fixed(value / Number(`1e${exponent}`), decimals);
      return mantissa === "1" || mantissa === "−1"
        ? mantissa.replace("1", powerOfTen(exponent))
        : `${mantissa}×${powerOfTen(exponent)}`;
    });
  }
  return values.map((value) => fixed(value, digits - stepExponent));
}
