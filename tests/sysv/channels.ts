/** Channels in tests, and programs that use one. */
import { Channel, type ChannelCreateOptions, IPC_PRIVATE } from "../../lib/sysv/mod.ts";
import { Subject } from "../signals/subject.ts";

/** A channel that is removed at the end of the block. */
export function channel(options: ChannelCreateOptions = {}): { channel: Channel } & Disposable {
  const made = Channel.create(IPC_PRIVATE, options);
  const remove = () => {
    try {
      made.remove();
    } catch (error) {
      // It was removed in the test.
      if (!(error instanceof Error) || !/EIDRM|EINVAL/.test(error.message)) throw error;
    }
    made.close();
  };
  return { channel: made, [Symbol.dispose]: remove };
}

/** A program that has opened the channel, and says READY when it does. */
export async function withChannel({ id }: Channel, source: string): Promise<Subject> {
  const head = `import { Channel } from "vasty/lib/sysv/mod.ts"; const channel = Channel.fromId(${id});`;
  const subject = await Subject.start(`${head} ${source}`);
  const line = await subject.line();
  if (line !== "READY") throw new Error(`It said ${line}`);
  return subject;
}

export const text = (message: Uint8Array | null | undefined): string | null | undefined =>
  message && new TextDecoder().decode(message);
