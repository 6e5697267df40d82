/** What is written down of a dialog. */
import type { CheckedOptions } from "./expect_options.ts";

/** Something has come. */
export function received({ log, logUser }: CheckedOptions, text: string, bytes: Uint8Array<ArrayBuffer>): void {
  if (logUser) show(bytes);
  if (text !== "") log?.received?.(text);
}

/** What the log has of something that is sent. */
export function sentText(text: string | Uint8Array, hidden: boolean | undefined): string {
  if (hidden) return "[hidden]";
  return typeof text === "string" ? text : new TextDecoder().decode(text);
}

function show(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
