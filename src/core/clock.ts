/**
 * The only clocks of the library. Everything else that needs a time is given one, so that a run's
 * numbers never depend on when it ran; a lint rule (lint/host-math.grit) guards this.
 */

/**
 * Milliseconds on a clock that never goes back, with an arbitrary origin: for durations.
 *
 * @example const began = nowMs(); work(); const tookMs = nowMs() - began;
 */
export function nowMs(): number {
  return performance.now();
}

/**
 * The date and time of day in UTC as ISO 8601 with milliseconds: for what people read, never for durations.
 *
 * @example wallClock() // "2026-11-22T22:38:00.000Z"
 */
export function wallClock(): string {
  return new Date().toISOString();
}

/**
 * The date and time of day where the process runs, "YYYY-MM-DDTHH:MM:SS": for names that people read, never for order or durations.
 *
 * @example localClock() // "2026-11-23T07:38:00" in Seoul, when wallClock() is "2026-11-22T22:38:00.000Z"
 */
export function localClock(): string {
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, "0");
  const date = `${String(now.getFullYear()).padStart(4, "0")}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${date}T${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

/** Milliseconds since 1970 on a clock that the threads of one process share: to compare moments across them. */
export function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * A clock of milliseconds since a moment of `sharedNowMs`, the same in all threads. It is finer than `sharedNowMs` itself: numbers as
 * large as the milliseconds since 1970 lie a quarter of a microsecond apart.
 *
 * @example const clock = clockSince(sharedNowMs()); work(); const tookMs = clock();
 */
export function clockSince(originMs: number): () => number {
  const shift = performance.timeOrigin - originMs;
  return () => shift + performance.now();
}

/** When this thread started, by `sharedNowMs`; in the first thread, when the process did. */
export function startedMs(): number {
  return performance.timeOrigin;
}
