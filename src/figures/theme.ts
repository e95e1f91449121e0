/**
 * The colours of a figure, in light and dark.
 *
 * Source   The series begin from the hues of Okabe & Ito 2008, "Color universal design", shifted until each stands 3:1 above the
 *          ground and any two differ by 0.09 in OKLab, as seen with normal, protanopic and deuteranopic eyes; the first five by
 *          0.13. Tests check both.
 * Choice   The theme "auto" holds both colours in CSS light-dark(), for pages that change between them.
 */

/** "auto" is for SVG in pages: it follows the reader. */
export type ThemeName = "light" | "dark" | "auto";

export interface Theme {
  /** Behind everything. */
  readonly ground: string;
  readonly ink: string;
  /** Numbers at axes, captions. */
  readonly muted: string;
  readonly axis: string;
  readonly grid: string;
  /** Of lines, bars, markers. */
  readonly series: readonly string[];
  /** The same as texts, which need more contrast. */
  readonly seriesTexts: readonly string[];
  /** Where values returning to a node stand. */
  readonly gradient: string;
  /** Boxes of a graph by role: filling, then border. */
  readonly boxes: Readonly<Record<"input" | "parameter" | "operation" | "output", readonly [string, string]>>;
  /** Colours from little to much, for a share in [0, 1]: of heat maps, behind contour lines, from minus over zero to plus. */
  readonly sequential: (share: number) => string;
  readonly contour: (share: number) => string;
  readonly diverging: (share: number) => string;
  readonly contourLine: string;
  /** Text over a colour of the heat maps: dark or light, whichever is read better. */
  readonly over: (kind: "sequential" | "diverging", share: number) => string;
}

export type Rgb = readonly [number, number, number];

/** "#rrggbb" as bytes. */
export const rgbOf = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
const hexOf = (rgb: readonly number[]): string =>
  `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

/** A share of the second colour mixed into the first. */
export function mix(first: string, second: string, share: number): string {
  const [a, b] = [rgbOf(first), rgbOf(second)];
  return hexOf(a.map((part, i) => part + (b[i]! - part) * share));
}

/** Colours between stops at even distances. */
function ramp(stops: readonly string[]): (share: number) => string {
  return (share) => {
    const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
    const i = Math.min(stops.length - 2, Math.floor(at));
    return mix(stops[i]!, stops[i + 1]!, at - i);
  };
}

/** Perceived brightness, 0 to 255, near enough to choose between black and white. */
const brightness = (hex: string): number => {
  const [r, g, b] = rgbOf(hex);
  return 0.299 * r + 0.587 * g + 0.114 * b;
};

interface Colours {
  readonly ground: string;
  readonly ink: string;
  readonly muted: string;
  readonly axis: string;
  readonly grid: string;
  readonly series: readonly string[];
  readonly gradient: string;
  readonly boxes: Theme["boxes"];
  readonly sequential: readonly string[];
  readonly contour: readonly string[];
  readonly diverging: readonly string[];
  readonly contourLine: string;
}

function themeOf(colours: Colours): Theme {
  const ramps = { sequential: ramp(colours.sequential), diverging: ramp(colours.diverging) };
  const [dark, light] = ["#11151a", "#ffffff"];
  return {
    ...colours,
    ...ramps,
    contour: ramp(colours.contour),
    seriesTexts: colours.series.map((colour) => mix(colour, colours.ink, 0.3)),
    over: (kind, share) => (brightness(ramps[kind](share)) > 140 ? dark : light),
  };
}

const light = themeOf({
  ground: "#ffffff",
  ink: "#1b2026",
  muted: "#57606a",
  axis: "#8b949e",
  grid: "#e7eaee",
  series: ["#327ed3", "#e4620d", "#549b86", "#6d0068", "#755019", "#2f637a", "#6d44b4", "#760609"],
  gradient: "#b93a00",
  boxes: {
    input: ["#e8f2fd", "#5b9bd9"],
    parameter: ["#e6f5f0", "#379e83"],
    operation: ["#f6f8fa", "#8b949e"],
    output: ["#fdeee5", "#d9772f"],
  },
  sequential: ["#f3f8fd", "#bcd8f0", "#6cadd9", "#2c77b5", "#0b3a73"],
  contour: ["#ffffff", "#edf3fa", "#dce8f4"],
  diverging: ["#8f2d04", "#e0763a", "#f8f6f3", "#5b9fd4", "#0b4a8a"],
  contourLine: "#8ba3bb",
});

const dark = themeOf({
  ground: "#14181d",
  ink: "#e9edf2",
  muted: "#a3adb8",
  axis: "#6b7580",
  grid: "#272d35",
  series: ["#91bbf6", "#d97316", "#a7f0d8", "#ae486f", "#f1bc3c", "#2c92c2", "#7155c7", "#fb97a6"],
  gradient: "#ff9a62",
  boxes: {
    input: ["#16283a", "#4a8cc9"],
    parameter: ["#14302a", "#46a98e"],
    operation: ["#1f252c", "#77828e"],
    output: ["#37241a", "#d9803f"],
  },
  sequential: ["#18222d", "#1d4a73", "#2e7fb5", "#78bce3", "#e9f5fc"],
  contour: ["#14181d", "#1a232d", "#212e3b"],
  diverging: ["#ffb68a", "#c9622a", "#1d232a", "#3a86c4", "#a6d7fb"],
  contourLine: "#5a7086",
});

/** Both at once: whoever shows the page chooses. */
function either(first: Theme, second: Theme): Theme {
  const both = (a: string, b: string): string => (a === b ? a : `light-dark(${a}, ${b})`);
  const list = (key: "series" | "seriesTexts") => first[key].map((colour, i) => both(colour, second[key][i]!));
  const way = (key: "sequential" | "contour" | "diverging") => (share: number) => both(first[key](share), second[key](share));
  const box = (role: keyof Theme["boxes"]): readonly [string, string] => [
    both(first.boxes[role][0], second.boxes[role][0]),
    both(first.boxes[role][1], second.boxes[role][1]),
  ];
  const plain = (key: "ground" | "ink" | "muted" | "axis" | "grid" | "gradient" | "contourLine") => both(first[key], second[key]);
  return {
    ground: plain("ground"),
    ink: plain("ink"),
    muted: plain("muted"),
    axis: plain("axis"),
    grid: plain("grid"),
    gradient: plain("gradient"),
    contourLine: plain("contourLine"),
    series: list("series"),
    seriesTexts: list("seriesTexts"),
    boxes: { input: box("input"), parameter: box("parameter"), operation: box("operation"), output: box("output") },
    sequential: way("sequential"),
    contour: way("contour"),
    diverging: way("diverging"),
    over: (kind, share) => both(first.over(kind, share), second.over(kind, share)),
  };
}

export const themes: Readonly<Record<ThemeName, Theme>> = { light, dark, auto: either(light, dark) };
