/** What the children of forking servers do in the tests: the connection is their standard input and output. */
import type { ForkedClient } from "../../../lib/servers/forked_child.ts";

/** Says who it is, and gives back what comes in capital letters. */
export async function capitals({ address }: ForkedClient, word = "pid") {
  console.log(`${word} ${Deno.pid} ${"path" in address ? "path" : address.hostname}`);
  const decoder = new TextDecoderStream();
  for await (const text of Deno.stdin.readable.pipeThrough(decoder)) console.log(text.trimEnd().toUpperCase());
  return 3;
}

/** Says who it is, and throws. */
export function throws() {
  console.log(`pid ${Deno.pid}`);
  throw new TypeError("as it was asked to");
}

/** Has a child of its own say something. */
export function delegates() {
  new Deno.Command("echo", { args: ["from a child"], stdin: "null", stdout: "inherit", stderr: "inherit" })
    .outputSync();
}
