/** A program at the other end of a channel. */
import { type Messages, openMessages, socketpair } from "../../lib/pipes/mod.ts";
import { type Child, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import { denoCommand, type DenoOptions, repository } from "../support/mod.ts";

/** A channel and the program that has the other end. */
export interface Messenger extends AsyncDisposable {
  channel: Messages;
  child: Child;
}

/** Start programs/messenger.ts, which does `action`. */
export function messenger(action: string, options: DenoOptions = {}, more: SpawnOptions = {}): Messenger {
  const [ours, theirs] = socketpair();
  const channel = openMessages(ours.fd);
  const command = denoCommand(repository("tests/pipes/programs/messenger.ts"), { ...options, args: [action] });
  const child = spawn(command, { stdout: "null", fds: { 3: theirs.fd }, ...more });
  theirs.close();
  const dispose = async () => {
    channel.close();
    await child[Symbol.asyncDispose]();
  };
  return { channel, child, [Symbol.asyncDispose]: dispose };
}

/** A channel between two ends in this process. */
export function channelPair<T = unknown>(maxLength?: number): [Messages<T>, Messages<T>] {
  const [left, right] = socketpair();
  return [openMessages<T>(left.fd, { maxLength }), openMessages<T>(right.fd, { maxLength })];
}
