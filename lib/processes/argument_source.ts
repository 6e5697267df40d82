/** Where the bytes come from that an argument of `diamond` names: a file, a command, or the standard input. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { fcntl, openElsewhere } from "../../ffi/fcntl.ts";
import { Block, cString } from "../../ffi/memory.ts";
import { close, read } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";
import { check, SyscallError, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { Input } from "../core/input.ts";
import { Limit } from "../core/limit.ts";
import type { ByteChunks } from "../core/records.ts";
import { requireFile } from "../core/permissions.ts";
import { waitReadable } from "../core/readiness.ts";
import { outputsOf } from "./child.ts";
import { ExitError } from "./exit_error.ts";
import { shell } from "./shell.ts";
import { spawn } from "./spawn.ts";
import { chunksOf } from "./wait_delay.ts";

const CHUNK = 64 * 1024;

/** Bytes that are the reader's until it asks for more. */
export type Chunks = AsyncGenerator<Uint8Array<ArrayBuffer>, void>;

/** The bytes of the file at `path`. @throws {SyscallError} that names it. */
export async function* fileChunks(path: string, signal: AbortSignal): Chunks {
  const input = new Input(await openFile(path, signal));
  try {
    using _limit = new Limit({ signal }, (reason) => input.close(reason));
    yield* chunksOf(input);
  } catch (error) {
    // A directory can be opened, but not read.
    if (!(error instanceof SyscallError)) throw error;
    throw syscallError(`read ${JSON.stringify(path)}`, error.errno, error.syscall, { path });
  } finally {
    input.close();
  }
}

/** Open `path` on a worker: a FIFO waits for its writer. */
async function openFile(path: string, signal: AbortSignal): Promise<Fd> {
  const name = cString(path, "A path");
  requireFile("read", path);
  signal.throwIfAborted();
  using memory = new Block(name.length);
  memory.put(name);
  const wait = offload(openElsewhere, [memory.address, FCNTL.O_RDONLY | FCNTL.O_CLOEXEC | FCNTL.O_NOCTTY, 0]);
  using _limit = new Limit({ signal }, () => wait.cancel());
  const fd = aboveStandard(await wait.result);
  // It may have been opened after all.
  if (signal.aborted && fd >= 0) close(fd);
  signal.throwIfAborted();
  return Fd.adopt(check(fd, `open ${JSON.stringify(path)}`, "open", { path }));
}

/** What /bin/sh makes of `line` writes. @throws {ExitError} after it, if the command ended without success. */
export async function* commandChunks(line: string, signal: AbortSignal): Chunks {
  const command = shell(line);
  await using child = spawn(command, { stdout: "piped", signal });
  yield* chunksOf(outputsOf(child).stdout!);
  const status = await child.status;
  if (!status.success) throw new ExitError(command, status);
}

/**
 * What comes on standard input. Others have the same open file, so it must stay blocking (O_NONBLOCK would be theirs as
 * well): it is read only where there is something to read.
 */
export async function* inputChunks(signal: AbortSignal): Chunks {
  using fd = Fd.adopt(check(fcntl(0, FCNTL.F_DUPFD_CLOEXEC, 3), "read standard input", "fcntl", { fd: 0 }));
  const buffer = new Uint8Array(CHUNK);
  for (;;) {
    await waitReadable(fd, { signal });
    const count = read(fd.number, buffer, buffer.length);
    if (count === 0) return;
    if (count > 0) yield buffer.subarray(0, count);
    // Somebody else was faster, or has set O_NONBLOCK.
    else if (count !== -ERRNO.EAGAIN && count !== -ERRNO.EINTR) check(count, "read standard input", "read", { fd: 0 });
  }
}

/**
 * What `source` has. It is cancelled at the abort, also while it keeps us waiting; what it does then, a generator's
 * `finally` for example, is not waited for.
 */
export async function* givenChunks(source: ByteChunks, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const reader = (source instanceof ReadableStream ? source : ReadableStream.from(source)).getReader();
  const cancel = async () => await reader.cancel(signal.reason);
  using _limit = new Limit({ signal }, () => cancel().catch(() => {}));
  try {
    for (let part; !(part = await reader.read()).done;) yield part.value;
    signal.throwIfAborted();
  } finally {
    if (!signal.aborted) await cancel();
    reader.releaseLock();
  }
}
