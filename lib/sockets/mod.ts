/**
 * Sockets: their names, the calls themselves, and what is made of them.
 *
 * ```ts
 * import { inetNtoa, packSockaddrIn, unpackSockaddrIn } from "@vasty/vasty/sockets";
 *
 * const [port, address] = unpackSockaddrIn(packSockaddrIn(13, "127.0.0.1"));
 * console.assert(port === 13 && inetNtoa(address) === "127.0.0.1");
 * ```
 *
 * @module
 */
export type { InetAddress, SocketAddress, UnixAddress } from "./address.ts";
export { type SocketKind, socketType } from "./adopt.ts";
export { getSocketOption, type OptionSocket, setSocketOption } from "./any_socket_options.ts";
export { type CheckedName, checkedName } from "./checked_name.ts";
export {
  connect,
  type ConnectOptions,
  type ConnectSeqpacketOptions,
  type ConnectTcpOptions,
  type ConnectUdpOptions,
  type ConnectUnixOptions,
} from "./connect.ts";
export { ConnectError } from "./connect_error.ts";
export type { TcpConnecting } from "./connect_tcp.ts";
export type { UdpConnecting } from "./connect_udp.ts";
export type { UnixConnecting } from "./connect_unix.ts";
export { Connection } from "./connection.ts";
export { ConnectionBase } from "./connection_base.ts";
export {
  ConnectionReader,
  type ReadAllOptions,
  type ReadDotLinesOptions,
  type ReadLineOptions,
  type ReadRecordOptions,
} from "./connection_reader.ts";
export { type ConnectionOptions, ConnectionWriter } from "./connection_writer.ts";
export type { ControlMessage } from "./control_messages.ts";
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
export { Datagram } from "./datagram.ts";
export { DatagramBase } from "./datagram_base.ts";
export { DatagramGroups } from "./datagram_groups.ts";
export { DatagramSender, type OutgoingDatagram } from "./datagram_sender.ts";
export { DatagramSocket, type ReceiveDatagramOptions, type ReceiveManyOptions } from "./datagram_socket.ts";
export type { DenoSocket } from "./deno_sockets.ts";
export type { SocketSource } from "./descriptor.ts";
export type { AddressInfo, InetSocketType, NameInfo } from "./host_calls.ts";
export { gethostbyaddr, gethostbyname, type HostEntry } from "./host_entries.ts";
export {
  type AddressInfoFlag,
  type AddressInfoOptions,
  getaddrinfo,
  getnameinfo,
  type NameInfoFlag,
  type NameInfoOptions,
} from "./hosts.ts";
export { inetAton, type InetFamily, inetNtoa, inetNtop, inetPton } from "./inet.ts";
export type { InternetPlace } from "./internet_target.ts";
export { listen, type ListenOptions, type ListenTcpOptions, type ListenUnixOptions } from "./listen.ts";
export { listenDatagram, type UdpListenOptions, type UnixDatagramOptions } from "./listen_datagram.ts";
export { Listener } from "./listener.ts";
export type { TcpListening, UnixListening } from "./listening.ts";
export type { MulticastGroup, MulticastGroup6 } from "./memberships.ts";
export { MulticastMembership } from "./multicast_membership.ts";
export type { ReadableSocketOption, SettableSocketOption, SocketOptions } from "./option_types.ts";
export { hostname, ownAddress } from "./own_name.ts";
export { poll, type PollItem, type PollResult, type PollSource, pollSync } from "./poll.ts";
export type { ReceivedFrom, ReceiveRoom } from "./receive_calls.ts";
export { ReceivedMessage } from "./received_message.ts";
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
export {
  getprotobyname,
  getprotobynumber,
  getservbyname,
  getservbyport,
  port,
  type Protocol,
  type Service,
} from "./services.ts";
export {
  type AddressFamily,
  packSockaddrIn,
  packSockaddrIn6,
  packSockaddrUn,
  sockaddrFamily,
  unpackSockaddrIn,
  unpackSockaddrIn6,
  unpackSockaddrUn,
} from "./sockaddr.ts";
export { type AcceptedSocket, Socket, socket, SOMAXCONN } from "./socket.ts";
export { type ShutdownHow, SocketBase } from "./socket_base.ts";
export type { ReceiveFlag, SendFlag } from "./socket_flags.ts";
export type { SocketDescription, SocketDomain, SocketFamily, SocketProtocol, SocketStyle } from "./socket_kind.ts";
export {
  type SocketMessageOptions,
  type SocketMessageRoom,
  type SocketMessageSyncOptions,
  type SocketReceiveFlags,
  type SocketReceiveOptions,
  SocketReceiver,
  type SocketReceiveSyncOptions,
} from "./socket_receiver.ts";
export {
  SocketSender,
  type SocketSending,
  type SocketSendingMessage,
  type SocketSendmsgOptions,
  type SocketSendmsgSyncOptions,
  type SocketSendOptions,
  type SocketSendSyncOptions,
} from "./socket_sender.ts";
export { SocketStreams } from "./socket_streams.ts";
