/** How a channel fails. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { type SyscallError, syscallError } from "../core/errors.ts";
import { keyText } from "./key.ts";

/** For messages: by its key, or by its id where it is private. */
export interface ChannelName {
  readonly key: number;
  readonly id: number;
}

export function channelText({ key, id }: ChannelName): string {
  return key === 0 ? `channel ${id}` : `channel ${keyText(key)}`;
}

/** The system refused, or the channel was removed (EIDRM, and EINVAL once the kernel has forgotten its id). */
export function channelError(doing: string, name: ChannelName, errno: number): SyscallError {
  const removed = errno === ERRNO.EINVAL ? ERRNO.EIDRM : errno;
  return syscallError(`${doing} ${channelText(name)}`, removed, "semop", { key: name.key });
}

/** Nobody is left who could read. */
export function noReader(name: ChannelName): SyscallError {
  return syscallError(`send to ${channelText(name)}, which has no reader any more`, ERRNO.EPIPE, "semop", {
    key: name.key,
  });
}

/** The last writer did not close it. */
export function writerDied(name: ChannelName): SyscallError {
  return syscallError(`receive from ${channelText(name)}, whose writer has died`, ERRNO.ECONNRESET, "semop", {
    key: name.key,
  });
}
