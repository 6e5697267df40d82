/** Services and protocols, as /etc/services and /etc/protocols (or what libc asks besides) know them. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { EAI, PROTOENT, SERVENT } from "../../ffi/abi/netdb.ts";
import { EAI_BASE } from "../../ffi/bind.ts";
import { Block, cString, pointersAt, readCString } from "../../ffi/memory.ts";
import { getprotobyname_r, getprotobynumber_r, getservbyname_r, getservbyport_r } from "../../ffi/netdb.ts";
import { syscallError } from "../core/errors.ts";
import { checkPort } from "./sockaddr.ts";

/** A service of the internet. */
export interface Service {
  /** Its name: `"http"`. */
  readonly name: string;
  /** Its other names: `["www"]`. */
  readonly aliases: readonly string[];
  /** Where it is found. */
  readonly port: number;
  /** What it is reached by: `"tcp"`. */
  readonly protocol: string;
}

/** A protocol of the internet. */
export interface Protocol {
  /** Its name: `"tcp"`. */
  readonly name: string;
  /** Its other names: `["TCP"]`. */
  readonly aliases: readonly string[];
  /** Its number: 6. */
  readonly number: number;
}

/** Longer entries than this are in no file. */
const LONGEST = 1 << 20;

type LookUp = (entry: number, text: number, size: number, result: number) => number;

/** What is looked up, for a message, and by which function. */
interface Question {
  what: string;
  syscall: string;
}

/** One of libc's look-ups, with more and more room for its strings, and what `take` makes of the entry while they are there. */
function lookUp<T>(question: Question, sizeof: number, call: LookUp, take: (found: DataView) => T): T | undefined {
  const { what, syscall } = question;
  for (let size = 1024; size <= LONGEST; size *= 4) {
    using block = new Block(sizeof + 8 + size);
    const rc = call(block.address, block.address + sizeof + 8, size, block.address + sizeof);
    if (rc === -ERRNO.ERANGE) continue;
    if (rc < 0 && rc !== -ERRNO.ENOENT) throw syscallError(`look up ${what}`, -rc, syscall);
    const [found] = block.get(new BigUint64Array(1), sizeof);
    return found === 0n ? undefined : take(new DataView(block.get(new Uint8Array(sizeof)).buffer));
  }
  throw syscallError(`look up ${what}`, ERRNO.ERANGE, syscall);
}

const pointer = (found: DataView, offset: number) => Number(found.getBigUint64(offset, true));

function serviceIn(found: DataView): Service {
  return {
    name: readCString(pointer(found, SERVENT.s_name)),
    aliases: pointersAt(pointer(found, SERVENT.s_aliases)).map(readCString),
    // An int whose first two bytes are the port as the network has it.
    port: found.getUint16(SERVENT.s_port),
    protocol: readCString(pointer(found, SERVENT.s_proto)),
  };
}

function protocolIn(found: DataView): Protocol {
  return {
    name: readCString(pointer(found, PROTOENT.p_name)),
    aliases: pointersAt(pointer(found, PROTOENT.p_aliases)).map(readCString),
    number: found.getInt32(PROTOENT.p_proto, true),
  };
}

/**
 * Look a service up by its name or one of its other names. It reads files, which takes less than a millisecond.
 *
 * @param name The name, small letters and capitals told apart.
 * @param protocol Only of this protocol; any that has it by default.
 * @returns The service; undefined if it is in no list.
 * @throws {TypeError} if a name has a NUL character.
 * @throws {SyscallError} what reading the lists fails with, such as `EMFILE`.
 * @example
 * ```ts
 * import { getservbyname } from "@vasty/vasty";
 *
 * console.log(getservbyname("http", "tcp")?.port); // 80 where /etc/services has it
 * console.assert(getservbyname("no such service") === undefined);
 * ```
 * @see getservbyname(3), services(5)
 */
export function getservbyname(name: string, protocol?: string): Service | undefined {
  const [wanted, over] = [cString(name, "A service"), protocolText(protocol)];
  const question = { what: `the service ${JSON.stringify(name)}`, syscall: "getservbyname_r" };
  return lookUp(question, SERVENT.sizeof, (...room) => getservbyname_r(wanted, over, ...room), serviceIn);
}

function protocolText(protocol: string | undefined): Uint8Array<ArrayBuffer> | null {
  return protocol === undefined ? null : cString(protocol, "A protocol");
}

/**
 * Look a service up by its port.
 *
 * @param port From 0 to 65535.
 * @param protocol Only of this protocol; any that has it by default.
 * @returns The service; undefined if it is in no list.
 * @throws {RangeError} if the port is none.
 * @throws {TypeError} if the protocol has a NUL character.
 * @throws {SyscallError} what reading the lists fails with, such as `EMFILE`.
 * @example
 * ```ts
 * import { getservbyport } from "@vasty/vasty";
 *
 * console.log(getservbyport(13, "tcp")?.name); // daytime where /etc/services has it
 * ```
 * @see getservbyport(3), services(5)
 */
export function getservbyport(port: number, protocol?: string): Service | undefined {
  checkPort(port);
  const swapped = (port & 0xff) << 8 | port >> 8;
  const over = protocolText(protocol);
  const question = { what: `the service of port ${port}`, syscall: "getservbyport_r" };
  return lookUp(question, SERVENT.sizeof, (...room) => getservbyport_r(swapped, over, ...room), serviceIn);
}

/**
 * Look a protocol up by its name or one of its other names.
 *
 * @param name `"tcp"`, for instance.
 * @returns The protocol; undefined if it is in no list.
 * @throws {TypeError} if the name has a NUL character.
 * @throws {SyscallError} what reading the lists fails with, such as `EMFILE`.
 * @example
 * ```ts
 * import { getprotobyname } from "@vasty/vasty";
 *
 * console.log(getprotobyname("tcp")?.number); // 6 where /etc/protocols has it
 * ```
 * @see getprotobyname(3), protocols(5)
 */
export function getprotobyname(name: string): Protocol | undefined {
  const wanted = cString(name, "A protocol");
  const question = { what: `the protocol ${JSON.stringify(name)}`, syscall: "getprotobyname_r" };
  return lookUp(question, PROTOENT.sizeof, (...room) => getprotobyname_r(wanted, ...room), protocolIn);
}

/**
 * Look a protocol up by its number.
 *
 * @param number From 0 to 255, or what else the lists have.
 * @returns The protocol; undefined if it is in no list.
 * @throws {RangeError} if it is no integer of 32 bits.
 * @throws {SyscallError} what reading the lists fails with, such as `EMFILE`.
 * @example
 * ```ts
 * import { getprotobynumber } from "@vasty/vasty";
 *
 * console.log(getprotobynumber(17)?.name); // udp where /etc/protocols has it
 * ```
 * @see getprotobynumber(3), protocols(5)
 */
export function getprotobynumber(number: number): Protocol | undefined {
  if ((number | 0) !== number) throw new RangeError(`The number of a protocol is an integer of 32 bits: ${number}`);
  const question = { what: `protocol ${number}`, syscall: "getprotobynumber_r" };
  return lookUp(question, PROTOENT.sizeof, (...room) => getprotobynumber_r(number, ...room), protocolIn);
}

/**
 * The port that is meant by a number, the name of a service, or both: `"daytime(13)"` is the port that this machine has
 * for daytime, or 13 if it has none. That is how Perl's IO::Socket takes ports.
 *
 * @param service A number, as such or as text; a name; or a name with a number behind it in parentheses.
 * @param protocol What the service is reached by. @default {"tcp"}
 * @returns The port.
 * @throws {RangeError} if a number is no port.
 * @throws {TypeError} if a name has a NUL character.
 * @throws {SyscallError} `EAI_SERVICE` if there is no such service and no number behind its name; or what reading the
 * lists fails with, such as `EMFILE`.
 * @example
 * ```ts
 * import { port } from "@vasty/vasty";
 *
 * console.assert(port("daytime(13)") === 13);
 * console.assert(port(8080) === 8080 && port("8080") === 8080);
 * ```
 * @see services(5)
 */
export function port(service: string | number, protocol = "tcp"): number {
  if (typeof service === "number" || /^\d+$/.test(service)) return checkPort(Number(service));
  const [, name = service, number] = /^(.*)\((\d+)\)$/s.exec(service) ?? [];
  const fallback = number === undefined ? undefined : checkPort(Number(number));
  const found = name === "" ? fallback : getservbyname(name, protocol)?.port ?? fallback;
  if (found !== undefined) return found;
  const doing = `find the port of the service ${JSON.stringify(service)} of ${protocol}`;
  throw syscallError(doing, EAI_BASE - EAI.EAI_SERVICE, "getservbyname_r", { address: service });
}
