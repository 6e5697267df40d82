/** <sys/socket.h> */
import { bind } from "./bind.ts";

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
