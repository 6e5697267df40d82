/** As much of a server of FTP as a client needs that lists a folder and fetches a file. */
import { type Connection, listen, type Listener } from "../../lib/sockets/mod.ts";

/** What a server has. */
export interface FtpWorld {
  /** Who may log in, with which password. */
  users: Record<string, string>;
  /** What is in its one folder. */
  files: Record<string, string>;
}

function portOf({ addr }: Listener): number {
  return (addr as { port: number }).port;
}

/** One client's session. */
class Session {
  readonly #control: Connection;
  readonly #world: FtpWorld;
  #user = "";
  #data: Listener | undefined;

  constructor(control: Connection, world: FtpWorld) {
    this.#control = control;
    this.#world = world;
  }

  async run(heard: string[]): Promise<void> {
    await this.#reply("220 Ready");
    for (let line; (line = await this.#control.readLine()) !== null;) {
      heard.push(line.replace("\r", ""));
      const [, verb = "", argument = ""] = /^(\w+) ?(.*?)\r?$/.exec(line) ?? [];
      await this.#reply(await this.#answer(verb.toUpperCase(), argument));
      if (verb.toUpperCase() === "QUIT") break;
    }
    this.#data?.close();
  }

  async #reply(text: string): Promise<void> {
    await this.#control.write(new TextEncoder().encode(`${text}\r\n`));
  }

  async #answer(verb: string, argument: string): Promise<string> {
    const { users, files } = this.#world;
    if (verb === "USER") return this.#user = argument, "331 Password required";
    if (verb === "PASS") return users[this.#user] === argument ? "230 Logged in" : "530 Login incorrect";
    if (verb === "PWD") return '257 "/pub" is the current directory';
    if (verb === "TYPE") return "200 Done";
    if (verb === "EPSV") return await this.#passive();
    if (verb === "LIST") {
      return await this.#send(Object.keys(files).map((name) => `-rw-r--r-- 1 me me ${name}\r\n`).join(""));
    }
    if (verb === "RETR") return files[argument] === undefined ? "550 No such file" : await this.#send(files[argument]);
    return verb === "QUIT" ? "221 Goodbye" : "502 Not implemented";
  }

  async #passive(): Promise<string> {
    this.#data?.close();
    this.#data = await listen({ hostname: "127.0.0.1", port: 0 });
    return `229 Entering extended passive mode (|||${portOf(this.#data)}|)`;
  }

  /** The client may connect before it asks for something, or after. */
  async #send(text: string): Promise<string> {
    if (this.#data === undefined) return "425 No connection";
    await this.#reply("150 Here it comes");
    await using data = await this.#data.accept({ timeout: 10_000 });
    await data.write(new TextEncoder().encode(text));
    return "226 Done";
  }
}

/** A server of FTP on this machine, gone at the end of the block. */
export class FtpServer implements AsyncDisposable {
  /** What its clients have said, line by line. */
  readonly heard: string[] = [];
  readonly #listener: Listener;
  readonly #serving: Promise<void>;

  private constructor(listener: Listener, world: FtpWorld) {
    this.#listener = listener;
    this.#serving = this.#serve(world);
  }

  static async listening(world: FtpWorld): Promise<FtpServer> {
    return new FtpServer(await listen({ hostname: "127.0.0.1", port: 0 }), world);
  }

  get place(): string {
    return `127.0.0.1:${portOf(this.#listener)}`;
  }

  /** One client after the other. */
  async #serve(world: FtpWorld): Promise<void> {
    for await (const control of this.#listener) {
      await using held = control;
      await new Session(held, world).run(this.heard);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }
}
