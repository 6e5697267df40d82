/** Waits again and again and prints how many threads of the library there are. */
import { newPipe } from "../../../ffi/descriptors.ts";
import { READABLE, ready } from "../../../ffi/reactor.ts";
import { THREAD_NAME } from "../../../ffi/threads.ts";
import { read, write } from "../../../ffi/unistd.ts";

const [reader, writer] = newPipe() as [number, number];

async function rounds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    // Begun before anything is there: the loop would not hear of a wait that is over at once.
    const wait = ready(reader, READABLE);
    write(writer, Uint8Array.of(1), 1);
    await wait.result;
    read(reader, new Uint8Array(1), 1);
  }
}

async function threads(): Promise<number> {
  const script = 'cat /proc/$1/task/*/comm | grep -cx "$2"';
  const command = new Deno.Command("sh", { args: ["-c", script, "sh", String(Deno.pid), THREAD_NAME] });
  return Number(new TextDecoder().decode((await command.output()).stdout));
}

await rounds(60);
console.log(`60 waits: ${await threads()} threads`);
await rounds(140);
console.log(`200 waits: ${await threads()} threads`);
