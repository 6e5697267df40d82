/** What is written down of a dialog. */
import type { CheckedOptions } from "./expect_options.ts";
import { decoderOf, type DialogEncoding } from "./text_encoding.ts";

/** Something has come. */
export function received({ log, logUser }: CheckedOptions, text: string, bytes: Uint8Array<ArrayBuffer>): void {
  if (logUser) show(bytes);
  if (text !== "") log?.received?.(text);
}

/** What the log has of something that is sent. */
export function sentText(
  text: string | Uint8Array<ArrayBuffer>,
  encoding: DialogEncoding,
  hidden: boolean | undefined,
): string {
  if (hidden) return "[hidden]";
  if (typeof text === "string") return text;
  const decoder = decoderOf(encoding);
  return decoder.decode(text) + decoder.end();
}

function show(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
