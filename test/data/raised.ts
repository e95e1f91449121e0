import { OsolgilError } from "../../src/core/errors.ts";

/** The error of ours that `action` raises, as "Class CODE: message | hint"; anything else fails the test. */
export function raised(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return describeRaised(error);
  }
  throw new Error("expected an error, and none was raised");
}

/** As `raised`, for what comes later. */
export async function rejected(promise: Promise<unknown>): Promise<string> {
  const result = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (result === undefined) throw new Error("expected an error, and none was raised");
  return describeRaised(result.error);
}

function describeRaised(error: unknown): string {
  if (!(error instanceof OsolgilError)) throw error;
  return `${error.name} ${error.code}: ${error.message} | ${error.hint ?? ""}`;
}
