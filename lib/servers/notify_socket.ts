/** The socket on which a supervisor listens to its services. */
import { type Socket, socket, type SocketAddress } from "../sockets/mod.ts";
import { garbled, removeVariables, variable } from "./environment.ts";

const VARIABLE = "NOTIFY_SOCKET";

/**
 * Where to send, if anybody listens. An empty value is as good as none: that is what a child gets that is not to speak.
 *
 * @throws {Deno.errors.InvalidData} if the variable is neither a path nor an abstract name.
 * @throws {Deno.errors.NotCapable}
 */
export function notifyAddress(): SocketAddress | undefined {
  const name = variable(VARIABLE);
  if (name === undefined || name === "") return undefined;
  if (!/^[/@]./s.test(name)) throw garbled(VARIABLE, name, "an absolute path or an abstract name");
  return { path: name.replace(/^@/, "\0") };
}

/** No child is to speak for this program. */
export function forgetNotifySocket(): void {
  removeVariables([VARIABLE]);
}

/** A socket to send by, which the caller closes. */
export function notifySocket(): Socket {
  return socket("PF_UNIX", "SOCK_DGRAM");
}

/** Descriptors beside a message. */
export function rights(fds: readonly number[]): { level: string; type: string; data: Uint8Array<ArrayBuffer> }[] {
  if (fds.length === 0) return [];
  return [{ level: "SOL_SOCKET", type: "SCM_RIGHTS", data: new Uint8Array(Int32Array.from(fds).buffer) }];
}
