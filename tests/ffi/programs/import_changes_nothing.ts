/** Prints what /proc/self says before and after the import of the module in the first argument: two lines. */
/** HUP, INT, USR1 and TERM, which Deno catches some time after the start. */
const DENOS = [1n, 2n, 10n, 15n].reduce((mask, signal) => mask | 1n << signal - 1n, 0n);
/** Milliseconds that Deno's own threads, which come and go, have to settle. */
const PATIENCE = 2_000;
const read = (path: string) => Deno.readTextFileSync(path);

function caught(): bigint {
  return BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(read("/proc/self/status"))![1]}`);
}

function snapshot(): string {
  const fds = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
    // The listing's own descriptor is gone by now.
    try {
      return `${name} ${Deno.readLinkSync(`/proc/self/fd/${name}`)}`;
    } catch {
      return "";
    }
  }).filter((line) => line !== "" && !/\/proc\/\d+\/fd$/.test(line)).sort();
  const tasks = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => {
    // The mask of every thread, not of the first alone. A thread may end between the listing and the look at it.
    try {
      const status = read(`/proc/self/task/${name}/status`);
      return `${name} ${/^Name:\s*(.*)$/m.exec(status)![1]} ${/^SigBlk:\s*(\w+)$/m.exec(status)![1]}`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || /\(os error 3\)/.test(String(error))) return "";
      throw error;
    }
    // How many threads Deno's pool has is Deno's matter; that they block nothing is ours.
  }).filter((line) => line !== "" && !/ tokio-\S+ 0+$/.test(line)).sort();
  return JSON.stringify({ fds, tasks, signals: read("/proc/self/status").match(/^Sig(Blk|Ign|Cgt|Pnd):.*$/gm) });
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

/** The state, once it is what it was before, or after all the time that it may take. */
async function settled(before: string): Promise<string> {
  const deadline = performance.now() + PATIENCE;
  while (snapshot() !== before && performance.now() < deadline) await turn();
  return snapshot();
}

// Deno installs its own handlers some time after the start, and starts threads for its first file reads and imports:
// what is compared is the time after that.
while ((caught() & DENOS) !== DENOS) await turn();
// qemu-user catches every signal from the start, so there the sockets that Deno has for its handlers are made here.
const nothing = () => {};
Deno.addSignalListener("SIGTERM", nothing);
Deno.removeSignalListener("SIGTERM", nothing);
await Promise.all(Array.from({ length: 64 }, () => Deno.readTextFile("/proc/self/status")));
await import(Deno.args[1]!);
let before = "";
while (before !== (before = snapshot())) await turn();

await import(Deno.args[0]!);
const after = await settled(before);
console.log(before);
console.log(after);
