/** Closes the standard descriptors that are listed, makes everything the library makes, and reports what got their numbers. */
import { ERRNO } from "../../../ffi/abi/errno.ts";
import { loop } from "../../../ffi/loop.ts";
import { type Fd, waitWritable } from "../../../lib/core/mod.ts";
import { pipe } from "../../../lib/pipes/mod.ts";
import { fcntl } from "../../../ffi/fcntl.ts";
import { FCNTL } from "../../../ffi/abi/fcntl.ts";
import { close } from "../../../ffi/unistd.ts";

const [report, ...closed] = Deno.args;
for (const fd of closed) close(Number(fd));

const { reader, writer } = pipe();
await waitWritable(writer);
await loop().promote();
await waitWritable(writer);
const copies: Fd[] = [reader.duplicate(), writer.duplicate()];

const taken = closed.filter((fd) => fcntl(Number(fd), FCNTL.F_GETFD, 0) !== -ERRNO.EBADF);
for (const fd of [reader, writer, ...copies]) fd.close();
Deno.writeTextFileSync(report!, taken.length === 0 ? "only what was open\n" : `${taken} were given out\n`);
