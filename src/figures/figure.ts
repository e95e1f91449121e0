/**
 * A figure is data: what is to be seen, in JSON, without a word on pixels. The layout, the colours and the writing of numbers
 * follow from it, so that the same figure is drawn as SVG, as PNG and on a canvas, in light and dark.
 */

/** Numbers of a mark. What is missing is null or NaN; it leaves a gap, as an infinity does. */
export type Numbers = ArrayLike<number | null>;

/** A figure: panels in rows, with a title and a caption. */
export interface Figure {
  readonly title?: string;
  /** One or two sentences under the figure. */
  readonly caption?: string;
  /** Row by row. */
  readonly panels: readonly Panel[];
  /** Panels in a row; default 1 for one panel, 2 for up to four, 3 for up to nine, else 4. */
  readonly columns?: number;
  /** Titles over the columns and beside the rows of small multiples. */
  readonly columnTitles?: readonly string[];
  readonly rowTitles?: readonly string[];
  /** An axis that all panels share: one range, one label, numbers at the outer panels only. */
  readonly x?: Axis;
  readonly y?: Axis;
  /** Width over height of a plot's inner area; default 1.7 for one panel, else 1.3. */
  readonly aspect?: number;
  /**
   * Where names stand: "direct" at the ends of lines, "top" in one legend over the panels, "none"; default "auto": direct where
   * every name is a line's or an area's and the names find room, else top.
   */
  readonly legend?: "auto" | "direct" | "top" | "none";
  /** Language of the few words that the drawing adds; default "en". */
  readonly language?: "en" | "ko";
}

/** What stands in a place of the figure. */
export type Panel = PlotPanel | ImagesPanel | GraphPanel;

/** Marks on two axes. */
export interface PlotPanel {
  readonly title?: string;
  readonly x?: Axis;
  readonly y?: Axis;
  /** Drawn in this order within their layer: fields, then areas and bars, then lines and points, then texts. */
  readonly marks: readonly Mark[];
}

/** An axis: its scale, its label and its ends. */
export interface Axis {
  /** Default "linear". Values of zero or less have no place on a "log" axis: they leave gaps, and a note says how many. */
  readonly scale?: "linear" | "log";
  readonly label?: string;
  /** Stands behind the label: "time [ms]". */
  readonly unit?: string;
  /** The ends; default: what the marks need, and a little more. */
  readonly from?: number;
  readonly to?: number;
  /** Where numbers stand, or what stands where; default: round numbers that find room. */
  readonly ticks?: readonly (number | { readonly at: number; readonly text: string })[];
  /** Names instead of numbers, at 0, 1, 2, ...: of bars, or of the rows and columns of a heat map. */
  readonly categories?: readonly string[];
}

/** Colour of a mark: a place in the theme's list of series, the colour of text, or that of the lesser texts. */
export type MarkColour = number | "ink" | "muted";

interface Named {
  /** For the legend. Marks of the same name have the same colour, in all panels. */
  readonly name?: string;
  /** Default: by the order in which names appear. */
  readonly colour?: MarkColour;
}

/** A curve through points in order of x. */
export interface LineMark extends Named {
  readonly kind: "line";
  readonly x: Numbers;
  readonly y: Numbers;
  /** Bands around the line, such as quartiles, the widest first. */
  readonly bands?: readonly { readonly low: Numbers; readonly high: Numbers }[];
  /** Default: solid where the line bears its name, else one pattern for each colour. */
  readonly dash?: "solid" | "dashed" | "dotted";
  /** Shows the points as well. */
  readonly markers?: boolean;
}

/** Separate points. */
export interface PointsMark extends Named {
  readonly kind: "points";
  readonly x: Numbers;
  readonly y: Numbers;
}

/** A path in time through the plane: a dot for each step, heads that show the direction, its own marker at the end. */
export interface TrajectoryMark extends Named {
  readonly kind: "trajectory";
  readonly x: Numbers;
  readonly y: Numbers;
}

/** A vector field: arrows from (x, y) along (dx, dy), the longest as long as their spacing allows. */
export interface ArrowsMark extends Named {
  readonly kind: "arrows";
  readonly x: Numbers;
  readonly y: Numbers;
  readonly dx: Numbers;
  readonly dy: Numbers;
}

/** Contour lines of a function sampled on a grid, with light filling and labelled levels. `sampleGrid` makes the values. */
export interface ContoursMark {
  readonly kind: "contours";
  /** First and last place of the samples, which stand at even distances on the axis. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly columns: number;
  readonly rows: number;
  /** rows * columns numbers, row by row, the first at y[0]. */
  readonly values: Numbers;
  /** Default: about ten round numbers. */
  readonly levels?: readonly number[];
  /** Default true. */
  readonly fill?: boolean;
  /** Default true. */
  readonly labels?: boolean;
}

/** A bar for each category of the x axis; several marks stand side by side. */
export interface BarsMark extends Named {
  readonly kind: "bars";
  readonly values: Numbers;
  /** Half the length of a whisker on each bar. */
  readonly errors?: Numbers;
  /** Writes the number on each bar. */
  readonly labels?: boolean;
}

/** Counts between edges. `histogramOf` makes one from values. */
export interface HistogramMark extends Named {
  readonly kind: "histogram";
  /** One more than the counts, growing. */
  readonly edges: Numbers;
  readonly counts: Numbers;
}

/** A matrix as coloured cells, row 0 at the top, with a bar that explains the colours. */
export interface HeatMapMark {
  readonly kind: "heatMap";
  readonly rows: number;
  readonly columns: number;
  /** rows * columns numbers, row by row. */
  readonly values: Numbers;
  /** "diverging" has the same distance to both sides of zero; default where values have both signs. */
  readonly colours?: "sequential" | "diverging";
  /** Values at the ends of the colours; default: the least and the greatest. */
  readonly range?: readonly [number, number];
  /** Writes the numbers into the cells. */
  readonly labels?: boolean;
}

/** A reference line across the plot, at an x or at a y. Its label moves along the line to where it is free; left out where there is no room. */
export interface RuleMark {
  readonly kind: "rule";
  readonly x?: number;
  readonly y?: number;
  readonly label?: string;
  readonly colour?: MarkColour;
}

/** The area between two curves. */
export interface AreaMark extends Named {
  readonly kind: "area";
  readonly x: Numbers;
  readonly low: Numbers;
  readonly high: Numbers;
}

/** A text at a place in the plot: beside it where that is free, else near by with a line to it. Left out where there is no room at all. */
export interface NoteMark {
  readonly kind: "note";
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Side of the place on which the text stands; default "right". */
  readonly side?: "left" | "right" | "above" | "below";
  readonly colour?: MarkColour;
}

/** An upright axis of parallel coordinates. */
export interface ParallelAxis {
  readonly from: number;
  readonly to: number;
  /** Default "linear". */
  readonly scale?: "linear" | "log";
  /** Where numbers stand, or what stands where; default: round numbers. */
  readonly ticks?: readonly (number | { readonly at: number; readonly text: string })[];
}

/**
 * Parallel coordinates: a line for each row across upright axes, which stand at 0, 1, 2, ... of the x axis and whose names are its
 * categories. Rows that are worth more are drawn stronger, and over the others.
 */
export interface ParallelMark {
  readonly kind: "parallel";
  readonly axes: readonly ParallelAxis[];
  /** rows * axes numbers, row by row; where one is missing the line has a gap. */
  readonly values: Numbers;
  /** One for each row. */
  readonly worth: Numbers;
  /** Which worth is drawn strongest; default "greatest". */
  readonly best?: "greatest" | "least";
  /** Worth at the ends of the colours; default: the least and the greatest. */
  readonly range?: readonly [number, number];
  /** Explains the colours by a bar; default true. */
  readonly bar?: boolean;
}

/** All that can be drawn on two axes. */
export type Mark =
  | LineMark
  | PointsMark
  | TrajectoryMark
  | ArrowsMark
  | ContoursMark
  | BarsMark
  | HistogramMark
  | HeatMapMark
  | RuleMark
  | AreaMark
  | NoteMark
  | ParallelMark;
/** The kinds of marks, by name. */
export type MarkKind = Mark["kind"];

/** Small pictures in rows, such as digits or the weights of units. */
export interface ImagesPanel {
  readonly title?: string;
  readonly images: readonly ImageTile[];
  /** Pictures in a row; default: about as many as rows. */
  readonly columns?: number;
  /** "grey": from black to white; "diverging": colours to both sides of zero; default "grey". Pictures of three channels have their own. */
  readonly colours?: "grey" | "diverging";
  /** Values at the ends of the colours for all pictures; default: each picture's own least and greatest. */
  readonly range?: readonly [number, number];
}

/** A small picture. */
export interface ImageTile {
  readonly width: number;
  readonly height: number;
  /** 1, or 3 for red, green, blue; default 1. */
  readonly channels?: 1 | 3;
  /** height * width * channels numbers, row by row. */
  readonly values: Numbers;
  /** Stands under the picture. */
  readonly label?: string;
}

/** A computational graph, its operations in boxes, layer by layer from left to right. */
export interface GraphPanel {
  readonly title?: string;
  readonly graph: {
    readonly nodes: readonly GraphNode[];
    readonly edges: readonly GraphEdge[];
  };
}

/** An operation, or what goes into one. */
export interface GraphNode {
  readonly id: string;
  /** Name or operation: "x", "matmul", "÷". */
  readonly label: string;
  /** What it gives forward, such as a number or a shape. */
  readonly value?: string;
  /** What comes back to it. */
  readonly gradient?: string;
  /** Default "operation". */
  readonly role?: "input" | "parameter" | "operation" | "output";
}

/** What one node gives to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}
