/** Timing on machines that others use too: several windows, of which the median counts and the spread is told. */

export interface Rate {
  /** Calls per second, the median of the windows. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly windows: number;
}

export interface MeasureOptions {
  readonly warmUpMs?: number;
  readonly windowMs?: number;
  readonly windows?: number;
}

/** How often a second the call can be made. */
export function measureRate(call: () => void, options: MeasureOptions = {}): Rate {
  const { warmUpMs = 1200, windowMs = 1000, windows = 5 } = options;
  let start = performance.now();
  let calls = 0;
  while (performance.now() - start < warmUpMs || calls < 3) {
    call();
    calls++;
  }
  const perWindow = Math.max(3, Math.round((calls / (performance.now() - start)) * windowMs));
  const rates = Array.from({ length: windows }, () => {
    start = performance.now();
    for (let i = 0; i < perWindow; i++) call();
    return (perWindow / (performance.now() - start)) * 1000;
  }).sort((a, b) => a - b);
  return { median: rates[rates.length >> 1]!, min: rates[0]!, max: rates[rates.length - 1]!, windows };
}
