// permissions: --allow-ffi={libc} --allow-run={deno} --allow-write={1}
/**
 * `safe_write FILE [USER]`: copies its standard input to FILE, which a child of its own opens as USER (nobody), without any other right; prints how that ended.
 *
 * The privileged half never opens FILE, and the half that does cannot become privileged again.
 */
import { openSelf, type PipeWriter } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** The child: an export of the same module, which a fresh Deno runs as another user. */
export async function kid(path: string): Promise<number> {
  try {
    using file = await Deno.open(path, { write: true, create: true, truncate: true });
    for await (const chunk of Deno.stdin.readable) await writeAll(file, chunk);
    return 0;
  } catch (error) {
    console.error(`safe_write: ${(error as Error).message}`);
    return 1;
  }
}

async function writeAll(file: Deno.FsFile, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
}

/** Copy what there is, until the kid reads no more: its end says why. */
async function feed(writer: PipeWriter): Promise<void> {
  try {
    for await (const chunk of Deno.stdin.readable) await writer.write(chunk);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function safeWrite([path, user = "nobody", ...more]: string[]): Promise<number> {
  if (!path || more.length > 0) throw new UsageError();
  await using writer = openSelf("|-", import.meta.url, "kid", [path], {
    user: /^\d+$/.test(user) ? Number(user) : user,
    permissions: { write: [path] },
    check: false,
  });
  await feed(writer);
  const closed = await writer.close().catch((error) => {
    if (error instanceof Deno.errors.BrokenPipe) return writer.status;
    throw error;
  });
  print(`kid ${closed.signal === null ? `exited ${closed.code}` : closed}`);
  return closed.success ? 0 : 1;
}

if (import.meta.main) await run({ name: "safe_write", usage: "FILE [USER]", main: safeWrite });
