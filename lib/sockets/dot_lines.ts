/** Messages of lines that end with a lone dot, as in SMTP, POP3 and NNTP. */

/** The line that ends them. */
export const DOT = ".";

/** The line as it is sent: one more dot before a dot. */
export function stuffed(line: string): string {
  return line.startsWith(DOT) ? DOT + line : line;
}

/** The line as it was meant. */
export function unstuffed(line: string): string {
  return line.startsWith(DOT) ? line.slice(1) : line;
}

/** The text of a message, whose lines are without breaks. */
export function dotMessage(lines: readonly string[], lineEnd: string): string {
  return [...lines.map(stuffed), DOT, ""].join(lineEnd);
}
