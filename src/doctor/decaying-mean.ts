/**
 * The mean of numbers that come one after the other, of which each counts `keep` of what the next one does; not drawn to 0 by its start.
 *
 * @param keep  in [0, 1)
 * @returns     takes the next number, gives the mean so far
 */
export function decayingMean(keep: number): (value: number) => number {
  let [sum, weight] = [0, 0];
  return (value) => {
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  };
}
