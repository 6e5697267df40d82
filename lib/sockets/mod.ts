/**
 * Sockets: their names, the calls themselves, and what is made of them.
 *
 * @module
 */
export { type SocketKind, socketType } from "./adopt.ts";
export {
  type Credentials,
  peerCredentials,
  receiveCredentials,
  receiveCredentialsSync,
  type ReceivedCredentials,
  sendCredentials,
  type SendCredentialsOptions,
  sendCredentialsSync,
  type SendCredentialsSyncOptions,
} from "./credentials.ts";
export type { SocketSource } from "./descriptor.ts";
export { poll, type PollItem, type PollResult, type PollSource, pollSync } from "./poll.ts";
export {
  type ReceivedFds,
  receiveFds,
  type ReceiveFdsLimits,
  type ReceiveFdsOptions,
  receiveFdsSync,
  type ReceiveFdsSyncOptions,
  sendFds,
  sendFdsSync,
} from "./rights.ts";
