/** <sys/socket.h> */
import { SOCKET } from "./abi/sys_socket.ts";
import { bind } from "./bind.ts";
import type { Memory } from "./libc.ts";

// int socketpair(int domain, int type, int protocol, int sv[2]);
export const socketpair = bind("socketpair", ["int", "int", "int", "buffer"], "int");

// int shutdown(int sockfd, int how);
export const shutdown = bind("shutdown", ["int", "int"], "int");

// int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
export const getsockopt = bind("getsockopt", ["int", "int", "int", "buffer", "buffer"], "int");

// int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
export const setsockopt = bind("setsockopt", ["int", "int", "int", "buffer", "int"], "int");

// ssize_t recv(int sockfd, void *buf, size_t len, int flags);
export const recv = bind("recv", ["int", "buffer", "long", "int"], "long");

// ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags);
export const sendmsg = bind("sendmsg", ["int", "buffer", "int"], "long");

// ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags);
export const recvmsg = bind("recvmsg", ["int", "buffer", "int"], "long");

// int socket(int domain, int type, int protocol);
export const socket = bind("socket", ["int", "int", "int"], "int");

// int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
export const bindSocket = bind("bind", ["int", "buffer", "int"], "int");

// int listen(int sockfd, int backlog);
export const listen = bind("listen", ["int", "int"], "int");

// int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags);
export const accept4 = bind("accept4", ["int", "buffer", "buffer", "int"], "int");

// int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
export const connect = bind("connect", ["int", "buffer", "int"], "int");

// int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
export const getsockname = bind("getsockname", ["int", "buffer", "buffer"], "int");

// int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
export const getpeername = bind("getpeername", ["int", "buffer", "buffer"], "int");

// ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr,
//     socklen_t addrlen);
export const sendto = bind("sendto", ["int", "buffer", "long", "int", "buffer", "int"], "long");

/** write(2) to a connected socket, that sends no SIGPIPE where nobody reads any more. */
export function put(fd: number, bytes: Memory, length: number): number {
  return sendto(fd, bytes, length, SOCKET.MSG_NOSIGNAL, null, 0);
}

// ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t *addrlen);
export const recvfrom = bind("recvfrom", ["int", "buffer", "long", "int", "buffer", "buffer"], "long");

// int sockatmark(int sockfd);
export const sockatmark = bind("sockatmark", ["int"], "int");

// For a worker, with a name in memory that stays; int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
export const connectElsewhere = bind("connect", ["int", "address", "int"], "int");

// With names in memory that stays; ssize_t sendto(int sockfd, const void *buf, size_t len, int flags,
//     const struct sockaddr *dest_addr, socklen_t addrlen);
export const sendtoNamed = bind("sendto", ["int", "buffer", "long", "int", "address", "int"], "long");

// With memory for the name that stays; ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags,
//     struct sockaddr *src_addr, socklen_t *addrlen);
export const recvfromNamed = bind("recvfrom", ["int", "buffer", "long", "int", "address", "address"], "long");

// int sendmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags);
export const sendmmsg = bind("sendmmsg", ["int", "buffer", "int", "int"], "int");

// int recvmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags, struct timespec *timeout);
export const recvmmsg = bind("recvmmsg", ["int", "buffer", "int", "int", "buffer"], "int");
