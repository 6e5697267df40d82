/** Several waits under one time limit. */

/** Whole milliseconds from now until `end`, as performance.now() counts; 0 if it has passed. */
export function timeLeft(end: number): number {
  return Math.max(0, Math.ceil(end - performance.now()));
}
