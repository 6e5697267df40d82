import { ERRNO } from "../../ffi/abi/errno.ts";
import { SYS } from "../../ffi/abi/sys_syscall.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import { upperHalf } from "../../ffi/bind.ts";
import { system, systemCall, systemWith } from "../../ffi/system_call.ts";
import { close } from "../../ffi/unistd.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

/** The short way is taken after 10,000 calls. */
const OFTEN = 10_100;

test("system() gives the value or -errno, the first times and always", async () => {
  const source = `
    import { SYS } from "vasty/ffi/abi/sys_syscall.ts";
    import { system, systemCall, systemWith } from "vasty/ffi/system_call.ts";
    const pid = systemCall(SYS.SYS_getpid);
    const closing = systemCall(SYS.SYS_close);
    const masking = systemCall(SYS.SYS_rt_sigprocmask);
    closing[1] = -1n;
    const mask = new Uint8Array(8);
    const found = new Set();
    for (let i = 0; i < ${OFTEN}; i++) found.add([system(pid) === Deno.pid, system(closing), systemWith(masking, mask)].join());
    console.log(...found);`;
  const { stdout, stderr } = await denoSource(source);
  assertEquals([stderr, stdout], ["", `true,-${ERRNO.EBADF},-${ERRNO.EINVAL}\n`]);
});

test("system() and systemWith() pass every argument, 64 bits whole", () => {
  const [reader, writer] = newPipe() as [number, number];
  const word = new BigInt64Array(1);
  using block = new Block(8);
  // Neither waits, and both have an address and a size.
  const sending = systemCall(SYS.SYS_fcntl);
  sending[1] = BigInt(writer);
  sending[2] = 1032n; // F_GETPIPE_SZ
  assertEquals(system(sending), 65_536);
  sending[2] = 1031n; // F_SETPIPE_SZ
  sending[3] = 4_096n;
  assertEquals(system(sending), 4_096);
  const mask = systemCall(SYS.SYS_rt_sigprocmask);
  const halves = new Int32Array(mask.buffer);
  [halves[6], halves[7], halves[8]] = [block.address, upperHalf(block.address), 8];
  assertEquals(system(mask), 0);
  mask[3] = 0n;
  mask[4] = 8n;
  assertEquals([systemWith(mask, word), word[0]], [0, block.get(new BigInt64Array(1))[0]]);
  mask[4] = 7n;
  assertEquals(systemWith(mask, word), -ERRNO.EINVAL);
  close(reader);
  close(writer);
});

test("upperHalf() is what is above the lower 32 bits", () => {
  for (const value of [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 40 + 5, -(2 ** 40) + 5, 2 ** 53 - 1]) {
    const halves = Int32Array.of(value, upperHalf(value));
    assertEquals(new BigInt64Array(halves.buffer)[0], BigInt(value));
  }
});
