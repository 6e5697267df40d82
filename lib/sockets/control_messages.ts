/** What comes and goes beside the bytes of a message. */
import { NETINET } from "../../ffi/abi/netinet_in.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import type { RawControl } from "../../ffi/socket_message.ts";

/** One control message. */
export interface ControlMessage {
  /** Whose it is: `"SOL_SOCKET"`, `"IPPROTO_IP"`, `"IPPROTO_IPV6"`, or the number. */
  level: string | number;
  /** What it is: `"SCM_CREDENTIALS"`, `"IP_PKTINFO"`, or the number. */
  type: string | number;
  /** Its bytes, as the manual page lays them out. */
  data: Uint8Array<ArrayBuffer>;
}

const NAMES: Readonly<Record<string, { level: number; types: Readonly<Record<string, number>> }>> = {
  SOL_SOCKET: {
    level: SOCKET.SOL_SOCKET,
    types: { SCM_RIGHTS: SOCKET.SCM_RIGHTS, SCM_CREDENTIALS: SOCKET.SCM_CREDENTIALS },
  },
  IPPROTO_IP: {
    level: NETINET.IPPROTO_IP,
    types: { IP_TOS: NETINET.IP_TOS, IP_TTL: NETINET.IP_TTL, IP_PKTINFO: NETINET.IP_PKTINFO },
  },
  IPPROTO_IPV6: {
    level: NETINET.IPPROTO_IPV6,
    types: {
      IPV6_PKTINFO: NETINET.IPV6_PKTINFO,
      IPV6_HOPLIMIT: NETINET.IPV6_HOPLIMIT,
      IPV6_TCLASS: NETINET.IPV6_TCLASS,
    },
  },
};

function checkNumber(value: string | number, what: string): number {
  if (typeof value === "number" && (value | 0) === value) return value;
  throw new TypeError(`A control message has no ${what} ${JSON.stringify(value)}`);
}

/** In the kernel's numbers. @throws {TypeError} if a name is none, or the data are no bytes. */
export function rawControl({ level, type, data }: ControlMessage): RawControl {
  if (!(data instanceof Uint8Array)) throw new TypeError("The data of a control message is a Uint8Array");
  const names = Object.hasOwn(NAMES, level) ? NAMES[level] : undefined;
  const number = names !== undefined && Object.hasOwn(names.types, type) ? names.types[type]! : type;
  return { level: names?.level ?? checkNumber(level, "level"), type: checkNumber(number, "type"), data };
}

/** With the names that are known. */
export function namedControl({ level, type, data }: RawControl): ControlMessage {
  const [name, names] = Object.entries(NAMES).find(([, one]) => one.level === level) ?? [level, undefined];
  const [typeName] = Object.entries(names?.types ?? {}).find(([, number]) => number === type) ?? [type];
  return { level: name, type: typeName, data };
}

/** The descriptors that came as SCM_RIGHTS, as the kernel gave them. */
export function rightsIn(control: readonly RawControl[]): number[] {
  return control.filter(isRights).flatMap(({ data }) => [...new Int32Array(data.slice().buffer)]);
}

/** Whether it brings descriptors. */
export function isRights({ level, type }: RawControl): boolean {
  return level === SOCKET.SOL_SOCKET && type === SOCKET.SCM_RIGHTS;
}
