/** Commands that are written to and read from: Perl's IPC::Open2 and IPC::Open3. */
import type { ByteStream } from "../core/streams.ts";
import { OpenedChild, type OpenOptions } from "./opened_child.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { spawn } from "./spawn.ts";

/** How `open3` starts a command: as for `spawn`, and which of its standard streams are no new pipe. */
export interface Open3Options extends OpenOptions {
  /** What it reads: a descriptor is Perl's `"<&HANDLE"`. @default {"piped"} */
  stdin?: SpawnOptions["stdin"];
  /** Where it writes: a descriptor is Perl's `">&HANDLE"`. @default {"piped"} */
  stdout?: SpawnOptions["stdout"];
  /** Where it writes its errors: `{ dup: 1 }` has them in the same pipe as its output. @default {"piped"} */
  stderr?: SpawnOptions["stderr"];
}

/** A command with pipes both ways: what `open2` and `open3` give. */
export class Dialog extends OpenedChild {
  /** What it reads. Close it to have the command see the end; `close` does so too. @throws {TypeError} if it is no pipe. */
  get stdin(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.input;
  }

  /** What it writes. @throws {TypeError} if that is no pipe. */
  get stdout(): ByteStream {
    return this.output;
  }

  /** What it writes as errors. @throws {TypeError} if that is no pipe. */
  get stderr(): ByteStream {
    return this.errors;
  }

  /**
   * Write to its standard input, waiting while the pipe is full. Nobody needs to wait for this: `close` writes what is
   * left, and reports a failure again.
   *
   * @param data Text, which goes out as UTF-8, or bytes, which must not be changed before they are written.
   * @throws {SyscallError} `EPIPE` if the command reads no more.
   * @throws {TypeError} if its standard input is no pipe.
   */
  write(data: string | Uint8Array<ArrayBuffer>): Promise<void> {
    return this.send(data);
  }
}

/**
 * Start a command with pipes to its standard input and from both of its outputs: Perl's IPC::Open3.
 *
 * Who writes much must read meanwhile: a command that nobody reads stops when its pipe is full (64 KiB), then reads no
 * more, and who waits for it to read waits for ever. Reading and writing here hold no thread, so start the write, read
 * both outputs at once, and wait for the write last; `capture` with `input` does just that. A command that is not made
 * for talking keeps its output in a buffer as long as it is not on a terminal.
 *
 * Any of the three may be something else than a new pipe. Unlike Perl's `"<&HANDLE"`, a descriptor that it gets is not
 * closed here.
 *
 * Needs `run` permission for the program.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`; `check: false` has `close` return a status that is not success instead of throwing.
 * @returns The running command; close it.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} as `spawn` does, for a command that is no array of strings, or a string with a NUL for example.
 * @throws {RangeError} if `timeout`, `grace` or another number of the options makes no sense; see `spawn`.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @throws the reason of `signal`, if that is aborted already.
 * @example
 * ```ts
 * import { open3, shell } from "@vasty/vasty";
 *
 * await using both = open3(shell("cat; echo done >&2"));
 * both.write("stuff\n");
 * await both.stdin.close();
 * const [out, err] = await Promise.all([both.stdout, both.stderr].map((stream) => new Response(stream).text()));
 * console.assert(out === "stuff\n" && err === "done\n");
 * console.assert((await both.close()).success);
 * ```
 * @see IPC::Open3(3perl)
 */
export function open3(command: Command, options: Open3Options = {}): Dialog {
  const { stdin = "piped", stdout = "piped", stderr = "piped" } = options;
  return new Dialog(spawn(command, { ...options, stdin, stdout, stderr }), stdin === "piped", options);
}
