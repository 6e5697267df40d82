/** What is asked for, as the buffer finds it. */
import type { LineOptions, RecordOptions } from "../core/records.ts";
import type { RecordForm } from "./line_input.ts";

/** How long a record may be by default, in UTF-16 units. */
const LONGEST = 16 * 1024 * 1024;
/** How long a message of lines may be by default, in bytes. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

const LF = Uint8Array.of(10);
const CRLF = Uint8Array.of(13, 10);

function checked(maxLength: number): number {
  if (maxLength > 0) return maxLength;
  throw new RangeError(`maxLength must be a positive number: ${maxLength}`);
}

/** A line. */
export function lineForm({ maxLength = LONGEST }: LineOptions): RecordForm {
  return { mark: LF, lines: true, maxLength: checked(maxLength) };
}

/** What comes before `mark`. @throws {TypeError} if that is empty, or no string. */
export function markForm(mark: string, { maxLength = LONGEST }: LineOptions): RecordForm {
  if (typeof mark !== "string" || mark === "") throw new TypeError("What ends a record is a string that is not empty");
  return { mark: new TextEncoder().encode(mark), lines: false, maxLength: checked(maxLength) };
}

/** A record. */
export function recordForm({ separator = "\n", maxLength }: RecordOptions): RecordForm {
  return markForm(separator, { maxLength });
}

/** A line of a message, which `maxLength` bytes of it limit. */
export function dotForm(
  { maxLength = LONGEST_MESSAGE, strict = false }: LineOptions & { strict?: boolean },
): RecordForm {
  return { mark: strict ? CRLF : LF, lines: !strict, maxLength: checked(maxLength) };
}
