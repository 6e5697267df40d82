/** The other side of tests of messages: its argument says what it does with descriptor 3. */
import { type Fd, type Messages, openMessages, pipe, run, SyscallError, waitWritable } from "../../../mod.ts";

const channel = openMessages(3);

const ACTIONS: Record<string, () => Promise<void>> = {
  /** Sends back what comes, descriptors included. */
  echo: async () => {
    for await (using message of channel) await channel.send(message.value, { fds: message.fds });
  },
  /** Says so when a message has begun that nobody takes. */
  stuck: async () => {
    const sending = channel.send(new Uint8Array(10 * 1024 * 1024));
    // Its limit is over once the first had its turn.
    await channel.send("never", { timeout: 1 }).catch(() => {});
    console.log("BEGUN");
    await sending;
  },
  /** Has a program write to each descriptor that comes. */
  write: async () => {
    for await (using message of channel) {
      for (const fd of message.fds) await run(["echo", `${message.value}`], { stdout: fd });
      await channel.send("written");
    }
  },
  /** Says on standard output what becomes of two long messages, and stays until the other side ends. */
  twice: async () => {
    const outcome = () => channel.send(new Uint8Array(1_000_000)).then(() => "sent", ({ code }) => code);
    console.log(JSON.stringify([await outcome(), await outcome()]));
    await channel.receive();
  },
  /** Has no room for descriptors when the second message comes, and sends what comes of it. */
  full: async () => {
    const first = pipe();
    await waitWritable(first.writer); // what waiting needs is there then
    await channel.send((await channel.receive())!.value);
    const taken = takeAll();
    const outcome = await received(channel);
    for (const fd of taken) fd.close();
    await channel.send([outcome, await received(channel)]);
  },
};

/** Every descriptor that this process may still have. */
function takeAll(): Fd[] {
  const taken: Fd[] = [];
  try {
    for (;;) {
      const { reader, writer } = pipe();
      taken.push(reader, writer);
    }
  } catch (error) {
    if (!(error instanceof SyscallError) || error.code !== "EMFILE") throw error;
  }
  try {
    for (;;) taken.push(taken[0]!.duplicate());
  } catch {
    return taken;
  }
}

/** The next message, or the words of the error. */
async function received(channel: Messages): Promise<unknown> {
  try {
    using message = await channel.receive();
    return [message?.value, message?.fds.length];
  } catch (error) {
    return (error as Error).message;
  }
}

console.log("READY");
await ACTIONS[Deno.args[0]!]!();
channel.close();
