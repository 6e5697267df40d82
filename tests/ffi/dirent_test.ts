import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { numbersIn, openDescriptors } from "../../ffi/dirent.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { close } from "../../ffi/unistd.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

function numbers(): number[] {
  const found = openDescriptors();
  if (typeof found === "number") throw new Error(`openDescriptors() gave ${found}`);
  return found;
}

test("openDescriptors() lists what is open, in order, without the folder that it reads", () => {
  const before = numbers();
  assertEquals(before.slice(0, 3), [0, 1, 2]);
  assertEquals(before, before.toSorted((a, b) => a - b));
  const ends = newPipe() as [number, number];
  const during = numbers();
  ends.forEach((fd) => close(fd));
  assertEquals(during, [...before, ...ends].sort((a, b) => a - b));
  assertEquals(numbers(), before);
});

test("openDescriptors() lists more than one read of the folder brings", () => {
  const before = numbers();
  // A record of the folder has at least 24 bytes, and a read brings at most 32,768.
  const copies = Array.from({ length: 1_500 }, () => fcntl(0, FCNTL.F_DUPFD_CLOEXEC, 3));
  const during = numbers();
  copies.forEach((fd) => close(fd));
  assertEquals(during, [...before, ...copies].sort((a, b) => a - b));
});

test("openDescriptors() needs no permission to read", async () => {
  const { stdout, stderr } = await denoSource(`
    import { numbersIn, openDescriptors } from "vasty/ffi/dirent.ts";
    console.log(openDescriptors().slice(0, 3).join());
  `);
  assertEquals([stdout, stderr], ["0,1,2\n", ""]);
});

test("numbersIn() leaves nothing out of a folder of something else", async () => {
  const folder = await Deno.makeTempDir();
  const names = Array.from({ length: 200 }, (_, number) => number);
  for (const name of names) await Deno.writeTextFile(`${folder}/${name}`, "");
  assertEquals(numbersIn(folder), names);
  await Deno.remove(folder, { recursive: true });
});
