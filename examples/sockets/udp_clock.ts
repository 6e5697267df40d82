// permissions: --allow-ffi={libc} --allow-net
/**
 * `udp_clock HOST... [--retries N] [--timeout MS]`: asks the `time` service of every HOST, or HOST:PORT, at once by UDP how many seconds its clock is ahead of this one, and prints the answers as they come.
 *
 * The first line is this machine's own. UDP may lose a question or its answer: it asks up to N times more (2), and who has not
 * answered within MS (10000) is told of, and makes the exit code 1. Addresses are named only after they were looked up, so
 * permission for the network is not narrowed.
 */
import {
  type DatagramSocket,
  getaddrinfo,
  getnameinfo,
  type InetAddress,
  listenDatagram,
} from "../../lib/sockets/mod.ts";
import { ctime } from "../ctime.ts";
import { hostPort } from "../host_port.ts";
import { knownService } from "../known_service.ts";
import { optionsIn } from "../options.ts";
import { print, run, UsageError } from "../program.ts";

/** From the beginning of 1900, where the service counts from, to that of 1970. */
const SECONDS_OF_70_YEARS = 2_208_988_800;

/** Milliseconds that it may take to look a name up. */
const PATIENCE = 5_000;

interface Question {
  /** The host as it was named. */
  name: string;
  address: InetAddress;
}

const now = () => Math.floor(Date.now() / 1_000);

function show(name: string, ahead: number, time: number): void {
  print(`${name.padEnd(12)} ${String(ahead).padStart(8)} ${ctime(new Date(time * 1_000))}`);
}

function complain(name: string, error: unknown): void {
  console.error(`udp_clock: ${name}: ${(error as Error).message}`);
}

/** Whom to ask: an IPv4 address if there is one, where most servers are. Undefined, and told of, if there is no such host. */
async function questionFor(name: string, service: string): Promise<Question | undefined> {
  const { host, port } = hostPort(name, service);
  try {
    const found = await getaddrinfo(host, port, { type: "SOCK_DGRAM", timeout: PATIENCE });
    const { address } = found.find(({ family }) => family === "AF_INET") ?? found[0]!;
    return { name, address };
  } catch (error) {
    complain(name, error);
  }
}

/** Prints answers in their order, though the names of their addresses may be found in another. */
class Answers {
  printed: Promise<void> = Promise.resolve();

  add(address: InetAddress, answer: DataView): void {
    const here = now();
    // Whichever era of its 32 bits it is, the clocks are less than 68 years apart.
    const ahead = (answer.getUint32(0) - (here + SECONDS_OF_70_YEARS)) | 0;
    const name = getnameinfo(address, { flags: ["NI_DGRAM", "NI_NUMERICSERV"], timeout: PATIENCE })
      .then(({ host }) => host, () => address.hostname);
    this.printed = this.printed.then(async () => show(await name, ahead, here + ahead));
  }
}

/** Take answers until all have come, or `timeout` milliseconds have passed. Questions that were answered are removed. */
async function listen(socket: DatagramSocket, questions: Question[], answers: Answers, timeout: number): Promise<void> {
  const end = performance.now() + timeout;
  for (let left = timeout; left > 0 && questions.length > 0; left = end - performance.now()) {
    const received = await socket.receive(undefined, { timeout: left }).catch((error) => {
      if (error.name !== "TimeoutError") throw error;
    });
    if (received === undefined) return;
    const [data, from] = received as [Uint8Array<ArrayBuffer>, InetAddress];
    // Anybody may send something: whom nobody asked is not believed.
    const at = questions.findIndex(({ address }) => address.hostname === from.hostname && address.port === from.port);
    if (at === -1 || data.length !== 4) continue;
    questions.splice(at, 1);
    answers.add(from, new DataView(data.buffer));
  }
}

/** Ask all, of the same family, through one socket; those that are left have not answered. */
async function ask(questions: Question[], answers: Answers, tries: number, timeout: number): Promise<void> {
  const six = questions[0]!.address.hostname.includes(":");
  using socket = listenDatagram({ transport: "udp", hostname: six ? "::" : "0.0.0.0", port: 0 });
  for (let left = tries; left > 0 && questions.length > 0; left--) {
    // It waits where the kernel has no room for so many at a time.
    for (const { name, address } of questions) {
      await socket.send(new Uint8Array(), address).catch((error) => complain(name, error));
    }
    await listen(socket, questions, answers, timeout / tries);
  }
}

async function udpClock(args: string[]): Promise<number> {
  const { words: hosts, numbers: { retries = 2, timeout = 10_000 } } = optionsIn(args, ["retries", "timeout"]);
  if (hosts.length === 0) throw new UsageError();
  const named = hosts.every((host) => hostPort(host).port !== undefined);
  show("localhost", 0, now());
  const service = named ? "time(37)" : knownService("udp_clock", "time(37)", "udp");
  const questions = (await Promise.all(hosts.map((host) => questionFor(host, service)))).filter((one) => !!one);
  const families = Object.values(Object.groupBy(questions, ({ address }) => `${address.hostname.includes(":")}`));
  const answers = new Answers();
  await Promise.all(families.map((family) => ask(family!, answers, 1 + retries, timeout)));
  await answers.printed;
  const silent = families.flatMap((family) => family!);
  for (const { name } of silent) print(`${name} no answer`);
  return silent.length > 0 || questions.length < hosts.length ? 1 : 0;
}

await run({ name: "udp_clock", usage: "HOST... [--retries N] [--timeout MS]", main: udpClock });
