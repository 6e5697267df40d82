/** Closes the standard descriptors that are listed, makes everything the library makes, and reports what got their numbers. */
import { loop } from "../../../ffi/loop.ts";
import { type Fd, waitWritable } from "../../../lib/core/mod.ts";
import { pipe } from "../../../lib/pipes/mod.ts";
import { close } from "../../../ffi/unistd.ts";
import { linkOf } from "../../support/proc.ts";

const [report, ...closed] = Deno.args;
for (const fd of closed) close(Number(fd));

const { reader, writer } = pipe();
await waitWritable(writer);
await loop().promote();
await waitWritable(writer);
const copies: Fd[] = [reader.duplicate(), writer.duplicate()];

// The library made pipes, epoll and eventfd here; Deno opens sockets for its handlers and files of its cache meanwhile.
const taken = closed.filter((fd) => /^(pipe|anon_inode):/.test(linkOf(`/proc/self/fd/${fd}`)));
for (const fd of [reader, writer, ...copies]) fd.close();
Deno.writeTextFileSync(report!, taken.length === 0 ? "only what was open\n" : `${taken} were given out\n`);
