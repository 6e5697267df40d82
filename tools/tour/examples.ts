/** The examples, run as a user runs them. */
import { capture, type Captured } from "../../lib/processes/mod.ts";
import { exampleNames } from "../examples.ts";
import { must, type Step } from "./step.ts";

/** A machine may lack a program that an example shows; then the example has to say which, and to fail. */
function lacking({ stderr, status }: Captured, program: string): string | undefined {
  const says = stderr.includes(`Cannot spawn ${JSON.stringify(program)}: `) && stderr.includes("ENOENT");
  return says && status.code === 1 ? `no ${program} on this machine: it says so, exit 1` : undefined;
}

/** Each example: its arguments, and what it found if it is right. */
const CHECKS: Record<string, { args: string[]; found: (ended: Captured) => string | undefined }> = {
  "pipes/backticks": {
    args: ["sh", "-c", "printf 'to the last byte'; exit 3"],
    found: ({ stdout, stderr, status }) =>
      stdout === "to the last byte" && status.code === 3 && stderr === "status 768: exit 3, signal 0, core no\n"
        ? stderr.trim()
        : undefined,
  },
  "pipes/bogus": {
    args: [],
    found: ({ stdout, status }) =>
      /^list form: .*ENOENT.*\nshell form: .*EPIPE.*\nshell form: exit 127.*\nreading form: .*ENOENT.*\n$/.test(
          stdout,
        ) &&
        status.success
        ? "ENOENT, EPIPE and exit 127, ENOENT"
        : undefined,
  },
  "pipes/list_form": {
    args: ["$(id)|root", "/etc/passwd"],
    found: (ended) =>
      ended.status.success && /^ +1\troot:/m.test(ended.stdout)
        ? `${ended.stdout.split("\n").length - 1} lines, no shell`
        : lacking(ended, "ps"),
  },
  "pipes/status": {
    args: [],
    found: (ended) => {
      const { stdout, stderr, status } = ended;
      return status.success && stdout !== "" && !/^(tcp|udp)/m.test(stdout)
        ? `${stdout.split("\n").length - 1} lines of ${stderr === "" ? "netstat" : "ss"}, none of tcp or udp`
        : lacking(ended, "ss");
    },
  },
};

async function runExample(name: string): Promise<string> {
  const check = CHECKS[name];
  must(check !== undefined, "the tour does not know what it should do");
  const launcher = decodeURIComponent(new URL("../launch.ts", import.meta.url).pathname);
  const deno = [Deno.execPath(), "run", "--no-prompt", "--quiet", "--allow-read", "--allow-run", "--allow-env"];
  const ended = await capture([...deno, launcher, "--example", name, ...check.args], { check: false });
  const found = check.found(ended);
  must(found !== undefined, `${ended.status}\n${ended.stdout}${ended.stderr}`.trim());
  return found;
}

/** Every example there is. */
export const examples: Step[] = exampleNames().map((name) => ({
  area: "examples",
  title: name,
  run: () => runExample(name),
}));
