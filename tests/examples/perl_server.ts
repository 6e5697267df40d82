/** Servers in Perl, which examples of clients talk to. */
import { OtherEnd } from "../sockets/other_end.ts";

/** It listens, and tells its port on standard output. `$s` is the listener. */
const LISTENS = `use IO::Socket::INET; $| = 1;
  my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die "$@"; print $s->sockport, "\\n";`;

export class PerlServer implements AsyncDisposable {
  readonly #end: OtherEnd;
  readonly #port: string;

  private constructor(end: OtherEnd, port: string) {
    this.#end = end;
    this.#port = port;
  }

  /** Once it listens: `script` then accepts from `$s` as it likes, with its arguments. */
  static async listening(script: string, ...args: string[]): Promise<PerlServer> {
    const end = new OtherEnd(["perl", "-e", `${LISTENS} ${script}`, ...args]);
    return new PerlServer(end, (await end.prints("\n")).trim());
  }

  /** Its port. */
  get port(): string {
    return this.#port;
  }

  /** HOST:PORT. */
  get place(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Write to its standard input. */
  put(line: string): Promise<void> {
    return this.#end.put(line);
  }

  /** All that it has printed after its port, once it has ended. */
  async log(): Promise<string> {
    return (await this.#end.prints()).slice(this.#port.length + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end[Symbol.asyncDispose]();
  }
}
