/**
 * Asks for the permission that the first argument names, as the library and as Deno itself does, and prints what each
 * says: "granted", or the error.
 */
import { requireChildEnvironment, requireFile, requireProgram, requireRun } from "../../../lib/core/permissions.ts";

const run = (command: string, env: Record<string, string> = {}) => () =>
  new Deno.Command(command, { env }).outputSync();

const CALLS: Record<string, [ours: () => void, theirs: () => unknown]> = {
  run: [() => requireProgram("true", "true"), run("true")],
  runPath: [() => requireProgram("/bin/true", "/bin/true"), run("/bin/true")],
  runAny: [() => requireRun(), () => Deno.kill(Deno.ppid, "SIGCONT")],
  read: [() => requireFile("read", "/etc/hostname"), () => Deno.readFileSync("/etc/hostname")],
  readRelative: [() => requireFile("read", "no/such"), () => Deno.statSync("no/such")],
  write: [() => requireFile("write", "/dev/null"), () => Deno.writeTextFileSync("/dev/null", "")],
  environment: environment({ A: "1", B: "2", OLD_A: "3", LDX: "4" }),
  loader: environment({ LD_PRELOAD: "/no/such.so" }),
  loaders: environment({ A: "1", LD_Z: "2", " DYLD_X": "3", ld_a: "4", "\tLd_B": "5" }),
  noLoader: environment({ LD_PRELOAD: "", ld_a: "" }),
};

function environment(env: Record<string, string>): [ours: () => void, theirs: () => unknown] {
  return [() => requireChildEnvironment(() => Object.entries(env)), run("true", env)];
}

function attempt(call: () => unknown): string {
  try {
    call();
    return "granted";
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "granted" : String(error);
  }
}

const [ours, theirs] = CALLS[Deno.args[0]!]!;
console.log(JSON.stringify([attempt(ours), attempt(theirs)]));
