/** Who may be a client. */
import { checkedName, type InetAddress, type SocketAddress } from "../sockets/mod.ts";
import { addressBytes, type AddressRange, addressRange, isWithin } from "./address_range.ts";

/** Milliseconds that the look-up of a client's name may take. */
const PATIENCE = 5_000;

/** A list, taken apart. */
interface Rules {
  readonly ranges: readonly AddressRange[];
  /** In small letters; one that begins with a dot is all names that end with it. */
  readonly names: readonly string[];
}

/** Looks a name up. */
export type NameLookup = typeof checkedName;

function rulesOf(list: readonly string[], what: string): Rules {
  const ranges: AddressRange[] = [];
  const names: string[] = [];
  if (!Array.isArray(list)) throw new TypeError(`${what} is a list of strings`);
  for (const rule of list) {
    if (typeof rule !== "string") throw new TypeError(`${what} is a list of strings, not of ${Deno.inspect(rule)}`);
    const range = addressRange(rule);
    if (range !== undefined) ranges.push(range);
    else if (isName(rule)) names.push(rule.toLowerCase().replace(/\.$/, ""));
    else throw new TypeError(`Neither a range of addresses nor a host's name: ${JSON.stringify(rule)}`);
  }
  return { ranges, names };
}

/**
 * Whether it may be the name of a host, or what names end with. No name ends with digits alone (RFC 1123, 2.1): what does is meant
 * for an address, such as the `127.0.0.` of hosts_access(5), and would be nobody's name, which lets everybody in that `deny` has.
 */
function isName(rule: string): boolean {
  return /^\.?[\w-]+(\.[\w-]+)*\.?$/.test(rule) && !/(^|\.)\d+\.?$/.test(rule);
}

/**
 * Says who may be a client. What `deny` names may not, else what `allow` names may; without `allow` everybody may. A name of
 * `allow` counts only if it was looked up backwards and forwards; one of `deny` in any case, and who cannot be looked up while
 * `deny` has names is turned away. Unix sockets have the mode of their file instead.
 */
export class AccessList {
  readonly #allow: Rules | undefined;
  readonly #deny: Rules;
  readonly #lookup: NameLookup;

  /** @throws {TypeError} if a rule is none. @throws {RangeError} if a range is none. */
  constructor(
    allow: readonly string[] | undefined,
    deny: readonly string[] = [],
    lookup: NameLookup = checkedName,
  ) {
    this.#allow = allow && rulesOf(allow, "allow");
    this.#deny = rulesOf(deny, "deny");
    this.#lookup = lookup;
  }

  /** Whether names are looked up. */
  get hasNames(): boolean {
    return this.#deny.names.length > 0 || (this.#allow?.names.length ?? 0) > 0;
  }

  /**
   * Whether who has `address` may be a client: at once where its address decides.
   *
   * @throws {Deno.errors.NotCapable} without the permission to look its name up: who is turned away for that has no fault in it.
   */
  allows(address: SocketAddress): boolean | Promise<boolean> {
    if ("path" in address) return true;
    const bytes = addressBytes(address.hostname);
    const within = ({ ranges }: Rules) => bytes !== undefined && ranges.some((range) => isWithin(range, bytes));
    if (within(this.#deny)) return false;
    const allowed = this.#allow === undefined || within(this.#allow);
    if (this.#deny.names.length > 0) return this.#byName(address, allowed);
    return allowed || (this.#allow!.names.length > 0 && this.#byName(address, false));
  }

  async #byName(address: InetAddress, allowed: boolean): Promise<boolean> {
    try {
      const { name, checked } = await this.#lookup(address, { timeout: PATIENCE });
      if (this.#deny.names.some((rule) => matches(rule, name))) return false;
      return allowed || (checked && this.#allow!.names.some((rule) => matches(rule, name)));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      return allowed && this.#deny.names.length === 0;
    }
  }
}

function matches(rule: string, name: string): boolean {
  const found = name.toLowerCase().replace(/\.$/, "");
  return rule.startsWith(".") ? found.endsWith(rule) : found === rule;
}
