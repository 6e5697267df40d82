import { IPC_PRIVATE, SharedBytes, SharedMemory } from "../../mod.ts";
import { Block } from "../../ffi/memory.ts";
import { assert, assertEquals, assertThrows, count, repository, size, test } from "../support/mod.ts";

/** Memory of this process alone, and how often it was given back. */
function bytes(size: number, readOnly = false): { memory: SharedBytes; block: Block; unmapped: number[] } {
  const block = new Block(size);
  const unmapped: number[] = [];
  const { address } = block;
  const memory = new SharedBytes({ address, size, readOnly, name: "memory", unmap: (at) => unmapped.push(at) });
  return { memory, block, unmapped };
}

test("SharedBytes read and write copies, of bytes of every kind and of text", () => {
  const { memory, block } = bytes(16);
  using _block = block;
  const sources = [Uint8Array.of(1, 2), Int16Array.of(0x0403), new DataView(Uint8Array.of(5, 6).buffer)];
  sources.forEach((source, i) => assertEquals(memory.write(source, 2 * i), 2));
  assertEquals(memory.write(Uint8Array.of(7, 8).buffer, 6), 2);
  assertEquals(memory.write("ü€", 8), 5);
  assertEquals([...memory.read()], [1, 2, 3, 4, 5, 6, 7, 8, 0xc3, 0xbc, 0xe2, 0x82, 0xac, 0, 0, 0]);
  assertEquals([...memory.read(3, 8)], [0xc3, 0xbc, 0xe2]);
  assertEquals([...memory.read(undefined, 14)], [0, 0]);
  assertEquals([...memory.readInto(new Uint16Array(2), 2)], [0x0403, 0x0605]);
  assertEquals([memory.read(0, 16).length, memory.write("", 16), memory.write(new Uint8Array(0))], [0, 0, 0]);
});

test("SharedBytes refuse what lies outside, and change nothing", () => {
  const { memory, block } = bytes(16);
  using _block = block;
  const outside: (() => void)[] = [
    () => memory.read(17),
    () => memory.read(1, 16),
    () => memory.read(undefined, 17),
    () => memory.read(-1),
    () => memory.read(1, -1),
    () => memory.read(0.5),
    () => memory.read(1, 0.5),
    () => memory.read(NaN),
    () => memory.read(2 ** 53, 0),
    () => memory.readInto(new Uint8Array(17)),
    () => memory.write("12345678901234567"),
    () => memory.write("a", 16),
    () => memory.write("a", -1),
    () => memory.write("a", NaN),
    () => memory.view(0, 17),
    () => memory.view(-1),
    () => memory.view(17),
  ];
  for (const use of outside) assertThrows(use, RangeError, "do not lie in the 16 bytes of memory");
  assertThrows(() => memory.write([1, 2] as unknown as string), TypeError, "bytes or text");
  assert(memory.read().every((byte) => byte === 0));
});

test("SharedBytes that are read only refuse to be written", () => {
  const { memory, block } = bytes(16, true);
  using _block = block;
  assertThrows(() => memory.write("a"), TypeError, "The memory is attached to be read only");
  assertThrows(() => memory.view(), TypeError, "The memory is attached to be read only");
  assertEquals([...memory.read(1)], [0]);
  using real = SharedMemory.create(IPC_PRIVATE, 4, { readOnly: true });
  assertThrows(() => real.write("a"), TypeError, `The shared memory of id ${real.id} is attached to be read only`);
  assertThrows(() => real.store(0, 1), TypeError, "read only");
  assertThrows(() => real.add(0, 1), TypeError, "read only");
  assertThrows(() => real.exchange(0, 1), TypeError, "read only");
  assertThrows(() => real.compareExchange(0, 0, 1), TypeError, "read only");
  assertEquals([real.load(0), real.wake(0)], [0, 0]);
  real.remove();
});

test("SharedBytes stay mapped as long as a call on another thread has their address", () => {
  const { memory, block, unmapped } = bytes(16);
  using _block = block;
  const [one, other] = [memory.use(), memory.use()];
  memory.detach();
  one[Symbol.dispose]();
  assertEquals([memory.closed, unmapped], [true, []]);
  other[Symbol.dispose]();
  memory.detach();
  assertEquals(unmapped, [block.address]);
});

test("SharedBytes.view() is the memory itself, and ends with it unless it was transferred", async () => {
  const args = ["run", "--no-prompt", "--allow-ffi", repository("tests/sysv/programs/memory_views.ts")];
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), { args }).output();
  assertEquals([new TextDecoder().decode(stderr), code], ["", 0]);
  const said = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(said, {
    atomics: [7, 12, 12, 12, 13],
    one: [true, 8_192, 8, 8],
    overlapping: "ababcdefbabc",
    detached: [0, 0, "nothing", "TypeError", 1, 97],
    transferred: [42, 43, 0, 2],
    worker: [0, 2, 9],
    readOnly: said.readOnly,
  });
  assert(/^TypeError: The shared memory of id \d+ is attached to be read only$/.test(said.readOnly), said.readOnly);
});

test("SharedBytes of 64 MiB are copied whole, and many small pieces one after the other", () => {
  using memory = SharedMemory.create(IPC_PRIVATE, 4 * size(16 * 2 ** 20));
  memory.remove();
  const source = new Uint32Array(memory.size / 4);
  for (let i = 0; i < source.length; i += 997) source[i] = i;
  memory.write(source);
  const target = memory.readInto(new Uint32Array(source.length));
  assertEquals(target.findIndex((word, i) => word !== (i % 997 === 0 ? i : 0)), -1);
  const piece = new Uint8Array(8);
  for (let i = 0; i < count(10_000); i++) memory.readInto(piece, 8 * i);
  assertEquals([...piece.subarray(0, 4)], [0, 0, 0, 0]);
});
