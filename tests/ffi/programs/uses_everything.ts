/** Uses all of the library that Deno has no permission for but ffi's. */
import { bind } from "../../../ffi/bind.ts";
import { openDescriptors } from "../../../ffi/dirent.ts";
import { libcPath } from "../../../ffi/libc.ts";
import { loop } from "../../../ffi/loop.ts";
import { offload } from "../../../ffi/workers.ts";
import { Fd, pipe, waitReadable } from "../../../mod.ts";
import { write } from "../../../ffi/unistd.ts";

const { reader, writer } = pipe();
for (const promote of [false, true]) {
  if (promote) await loop().promote();
  write(writer.number, Uint8Array.of(1), 1);
  await waitReadable(reader, { timeout: 5_000 });
  const pid = await offload(bind("getpid", [], "int"), []).result;
  if (pid !== Deno.pid) throw new Error(`${pid} is not ${Deno.pid}`);
}
if (typeof openDescriptors() === "number") throw new Error("no descriptors");
Fd.adopt(writer.release()).close();
reader.close();
console.log(`works with ${libcPath()}`);
