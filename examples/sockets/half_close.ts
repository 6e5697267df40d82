// permissions: --allow-ffi={libc} --allow-run={deno}
/**
 * `half_close`: shuts down a socket that a child has a copy of, for reading (0), writing (1) and both (2), and closes one, and tells what each side can still do.
 *
 * To shut down a socket is to shut down every copy; to close it is to close one's own. It is Unix sockets here, whose peer knows
 * at once; over TCP nobody tells it that what it sends will not be read.
 */
import { readLines } from "../../lib/core/mod.ts";
import { socketpair } from "../../lib/pipes/mod.ts";
import { openSelf } from "../../lib/processes/mod.ts";
import { Socket } from "../../lib/sockets/mod.ts";
import { print, run, UsageError } from "../program.ts";

const WAYS = [0, 1, 2, "close"] as const;

/** The first descriptor of the child that is a socket; the others follow, one for each way. */
const FIRST = 3;

/** Whether there is something to read, or may be: the end can be read as often as one likes. */
function reads(one: Socket): boolean {
  try {
    return one.recvSync(1, { flags: ["MSG_DONTWAIT", "MSG_PEEK"] }).length > 0;
  } catch (error) {
    if (error instanceof Deno.errors.WouldBlock) return true;
    throw error;
  }
}

function writes(one: Socket): boolean {
  try {
    return one.sendSync(new Uint8Array(1)) === 1;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}

/** What can be done with a socket. */
function abilities(one: Socket): string {
  if (one.closed) return "do nothing";
  const able = [...reads(one) ? ["read"] : [], ...writes(one) ? ["write"] : []];
  return able.join(" and ") || "do nothing";
}

/** The child: it has copies of the sockets, and tells of each that it is asked for. */
export async function kid(): Promise<void> {
  for await (const number of readLines(Deno.stdin.readable)) {
    using copy = Socket.fromFd(Number(number));
    console.log(abilities(copy));
  }
}

async function halfClose(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  using stack = new DisposableStack();
  const pairs = WAYS.map(() => socketpair().map(({ fd }) => stack.use(Socket.fromFd(fd))));
  const fds = Object.fromEntries(pairs.map(([ours], index) => [FIRST + index, ours!.fd]));
  await using child = openSelf("both", import.meta.url, "kid", [], { fds });
  const answers = readLines(child.stdout);
  for (const [index, way] of WAYS.entries()) {
    const [ours, peer] = pairs[index]!;
    way === "close" ? ours!.close() : ours!.shutdown(way);
    const [our, its] = [abilities(ours!), abilities(peer!)];
    await child.write(`${FIRST + index}\n`);
    const { value } = await answers.next();
    print(
      `${way === "close" ? "close()" : `shutdown(${way})`}: we can ${our}, our child can ${value}, the peer can ${its}`,
    );
  }
  await child.close();
}

if (import.meta.main) await run({ name: "half_close", usage: "", main: halfClose });
