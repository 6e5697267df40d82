// permissions: --allow-ffi={libc} --allow-net={1..}
/**
 * `clock [HOST...]`: asks the `time` service of each HOST, or HOST:PORT, how many seconds its clock is ahead of this one, and what it shows.
 *
 * The first line is this machine's own. One that is not reached, or does not answer, within ten seconds is told of, and
 * makes the exit code 1; the others are asked all the same.
 */
import { connect } from "../../lib/sockets/mod.ts";
import { ctime } from "../ctime.ts";
import { hostPort } from "../host_port.ts";
import { knownService } from "../known_service.ts";
import { print, run } from "../program.ts";

/** From the beginning of 1900, where the service counts from, to that of 1970. */
const SECONDS_OF_70_YEARS = 2_208_988_800;

/** Milliseconds. */
const PATIENCE = 10_000;

const now = () => Math.floor(Date.now() / 1_000);

function show(host: string, ahead: number, time: number): void {
  print(`${host.padEnd(24)} ${String(ahead).padStart(8)} ${ctime(new Date(time * 1_000))}`);
}

/** Seconds since 1900: 32 bits, which begin again in 2036. */
async function timeOf(name: string): Promise<number> {
  const { host, port = knownService("clock", "time(37)") } = hostPort(name);
  using remote = await connect({ host, port, timeout: PATIENCE });
  const answer = await remote.readBytes(4, { timeout: PATIENCE });
  if (answer.length < 4) throw new Error(`its answer has ${answer.length} bytes instead of 4`);
  return new DataView(answer.buffer).getUint32(0);
}

/** Whichever era it is, the clocks are less than 68 years apart: 32 bits with a sign. */
async function compare(host: string): Promise<void> {
  const time = await timeOf(host);
  const here = now();
  const ahead = (time - (here + SECONDS_OF_70_YEARS)) | 0;
  show(host, ahead, here + ahead);
}

async function clock(hosts: string[]): Promise<number> {
  show("localhost", 0, now());
  let failures = 0;
  for (const host of hosts) {
    await compare(host).catch((error: Error) => {
      failures++;
      console.error(`clock: ${host}: ${error.message}`);
    });
  }
  return failures > 0 ? 1 : 0;
}

await run({ name: "clock", usage: "[HOST...]", main: clock });
