/** Sweeps are sampled by default and run whole where OSOLGIL_LONG=1, as `npm run test:long` sets it. */
export const isLong = process.env.OSOLGIL_LONG === "1";

/** How many of something: a small number by default, a large one in the long run. */
export const sampled = (few: number, many: number): number => (isLong ? many : few);

/** Runs of a property, with the same cases each time. */
export const propertyRuns = (few: number, many: number) => ({ numRuns: sampled(few, many), seed: isLong ? 20260711 : 7 });
