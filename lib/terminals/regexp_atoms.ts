/** What one character of a text may be: the engine itself says whether it is, so that its rules are kept to the letter. */

/** How a part of a regular expression is read; groups can change it. */
export interface Modes {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
  unicode: boolean;
}

/** A set of characters. */
export interface CharacterSet {
  /** Equal for equal sets. */
  key: string;
  /** Whether a code point (or with no `u` a code unit) is in it. */
  has(code: number): boolean;
}

/** The set that stands in a regular expression as `source`: a class, an escape or a dot. */
export function escapedSet(source: string, modes: Modes): CharacterSet {
  const flags = (modes.ignoreCase ? "i" : "") + (modes.unicode ? "u" : "") +
    (modes.dotAll && source === "." ? "s" : "");
  let pattern: RegExp | undefined;
  return {
    key: `${flags}:${source}`,
    has: (code) => (pattern ??= new RegExp(`^(?:${source})$`, flags)).test(String.fromCodePoint(code)),
  };
}

/** The set of one character, or of its cases. */
export function literalSet(code: number, modes: Modes): CharacterSet {
  const hex = code.toString(16);
  const source = modes.unicode ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  if (modes.ignoreCase && !(code < 0x41)) return escapedSet(source, modes);
  return { key: `=${hex}`, has: (other) => other === code };
}
