/** Makes views of shared memory, ends them in each way, and prints what was seen. Needs ffi as a whole. */
import { IPC_PRIVATE, SharedMemory } from "../../../lib/sysv/mod.ts";

const attached = (id: number) => {
  using memory = SharedMemory.fromId(id);
  return memory.stat().attached - 1;
};
const said: Record<string, unknown> = {};

{
  using keeper = SharedMemory.create(IPC_PRIVATE, 8_192);
  const memory = SharedMemory.fromId(keeper.id);
  const view = memory.view();
  const part = memory.view(8, 8);
  view[8] = 7;
  const words = new Int32Array(part.buffer, part.byteOffset, 2);
  said.atomics = [Atomics.add(words, 0, 5), Atomics.load(words, 0), keeper.load(8), memory.add(8, 1), words[0]];
  said.one = [part.buffer === view.buffer, view.length, part.length, part.byteOffset];
  memory.write("abcdef");
  memory.write(memory.view(0, 6), 2);
  memory.readInto(memory.view(20, 4), 1);
  said.overlapping = [...memory.read(8), ...memory.read(4, 20)].map((byte) => String.fromCharCode(byte)).join("");
  memory.detach();
  let thrown = "";
  try {
    Atomics.load(words, 0);
  } catch (error) {
    thrown = (error as Error).name;
  }
  view[0] = 1;
  said.detached = [view.length, part.length, view[0] ?? "nothing", thrown, attached(keeper.id), keeper.read(1)[0]];
  keeper.remove();
}
{
  using keeper = SharedMemory.create(IPC_PRIVATE, 4_096);
  const memory = SharedMemory.fromId(keeper.id);
  const moved = new Uint8Array(memory.view().buffer.transfer());
  const second = memory.view();
  second[0] = 42;
  memory.detach();
  moved[1] = 43;
  said.transferred = [moved[0], keeper.read(2)[1], second.length, attached(keeper.id)];
  keeper.remove();
}
{
  using keeper = SharedMemory.create(IPC_PRIVATE, 4_096);
  const memory = SharedMemory.fromId(keeper.id);
  const source = "onmessage = ({ data }) => { data[0] = 9; postMessage(0); };";
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const answer = new Promise((resolve) => worker.onmessage = resolve);
  const view = memory.view();
  worker.postMessage(view, [view.buffer]);
  memory.detach();
  await answer;
  worker.terminate();
  said.worker = [view.length, attached(keeper.id), keeper.read(1)[0]];
  keeper.remove();
}
{
  using memory = SharedMemory.create(IPC_PRIVATE, 4_096);
  using readOnly = SharedMemory.fromId(memory.id, { readOnly: true });
  try {
    readOnly.view();
  } catch (error) {
    said.readOnly = `${error}`;
  }
  memory.remove();
}
console.log(JSON.stringify(said));
