/** Looking for a pattern in text that is still coming. */
import type { TextBuffer } from "./text_buffer.ts";

/** Where a pattern was found; places are counted from the first character that is kept. */
export interface Found {
  start: number;
  end: number;
  groups: (string | undefined)[];
  named: Record<string, string | undefined>;
}

export interface Matcher {
  /** The earliest match in what has come. */
  search(buffer: TextBuffer): Found | undefined;
  /** The buffer was cut: begin again at its first character. */
  reset(): void;
}
