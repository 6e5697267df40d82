/** <netdb.h> */
import { bind } from "./bind.ts";

// int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res);
export const getaddrinfo = bind("getaddrinfo", ["address", "address", "address", "address"], "eai");

// void freeaddrinfo(struct addrinfo *res);
export const freeaddrinfo = bind("freeaddrinfo", ["address"], "void");

// int getnameinfo(const struct sockaddr *addr, socklen_t addrlen, char *host, socklen_t hostlen, char *serv,
//     socklen_t servlen, int flags);
export const getnameinfo = bind(
  "getnameinfo",
  ["address", "int", "address", "int", "address", "int", "int"],
  "eai",
);

// const char *gai_strerror(int errcode);
export const gai_strerror = bind("gai_strerror", ["int"], "value");

// int getservbyname_r(const char *name, const char *proto, struct servent *result_buf, char *buf, size_t buflen,
//     struct servent **result);
export const getservbyname_r = bind(
  "getservbyname_r",
  ["buffer", "buffer", "address", "address", "long", "address"],
  "code",
);

// int getservbyport_r(int port, const char *proto, struct servent *result_buf, char *buf, size_t buflen,
//     struct servent **result);
export const getservbyport_r = bind(
  "getservbyport_r",
  ["int", "buffer", "address", "address", "long", "address"],
  "code",
);

// int getprotobyname_r(const char *name, struct protoent *result_buf, char *buf, size_t buflen,
//     struct protoent **result);
export const getprotobyname_r = bind("getprotobyname_r", ["buffer", "address", "address", "long", "address"], "code");

// int getprotobynumber_r(int proto, struct protoent *result_buf, char *buf, size_t buflen, struct protoent **result);
export const getprotobynumber_r = bind("getprotobynumber_r", ["int", "address", "address", "long", "address"], "code");
