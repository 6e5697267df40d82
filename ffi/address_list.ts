/** What getaddrinfo(3) returns: a list of struct addrinfo. */
import { ADDRINFO } from "./abi/netdb.ts";
import { libc } from "./libc.ts";
import { readCString } from "./memory.ts";

/** One struct addrinfo. */
export interface ListedAddress {
  readonly family: number;
  readonly socktype: number;
  readonly protocol: number;
  /** A copy of its struct sockaddr. */
  readonly sockaddr: Uint8Array<ArrayBuffer>;
  /** Of the first one, if it was asked for. */
  readonly canonname: string | undefined;
}

/** What is in the list at `address`, which stays as it is; nothing of NULL. */
export function addressesAt(address: number): ListedAddress[] {
  const found: ListedAddress[] = [];
  const view = new DataView(new ArrayBuffer(ADDRINFO.sizeof));
  const pointer = (offset: number) => Number(view.getBigUint64(offset, true));
  for (let at = address; at !== 0; at = pointer(ADDRINFO.ai_next)) {
    libc().get(view, at, ADDRINFO.sizeof);
    const sockaddr = new Uint8Array(view.getUint32(ADDRINFO.ai_addrlen, true));
    if (sockaddr.length > 0) libc().get(sockaddr, pointer(ADDRINFO.ai_addr), sockaddr.length);
    const canonname = pointer(ADDRINFO.ai_canonname);
    found.push({
      family: view.getInt32(ADDRINFO.ai_family, true),
      socktype: view.getInt32(ADDRINFO.ai_socktype, true),
      protocol: view.getInt32(ADDRINFO.ai_protocol, true),
      sockaddr,
      canonname: canonname === 0 ? undefined : readCString(canonname),
    });
  }
  return found;
}
