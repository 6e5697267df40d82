/** Commands that report what they were given, and what /proc says of processes. */
import { readProc } from "../../support/proc.ts";

/** Prints "NUMBER TARGET" for each of its descriptors, to the file of its first argument or to standard output. */
const LIST_DESCRIPTORS = `
  opendir my $folder, "/proc/self/fd" or die;
  my @numbers = grep { /^\\d+$/ && $_ != fileno $folder } readdir $folder;
  my $text = join "", map { "$_ " . readlink("/proc/self/fd/$_") . "\\n" } sort { $a <=> $b } @numbers;
  if (@ARGV) { open my $to, ">", $ARGV[0] or die; print $to $text; close $to } else { print $text }
`;

/** A command that reports its descriptors: perl, which opens none of its own for `-e`. */
export function listDescriptors(to?: string): string[] {
  return ["perl", "-e", LIST_DESCRIPTORS, ...(to === undefined ? [] : [to])];
}

/** What {@linkcode listDescriptors} printed: the target of each descriptor. */
export function parseDescriptors(text: string): Map<number, string> {
  const rows = text.trim().split("\n").filter((row) => row !== "");
  return new Map(rows.map((row) => [Number(row.split(" ")[0]), row.slice(row.indexOf(" ") + 1)]));
}

/** A command that prints which signals it ignores, blocks and catches. (grep(1) itself catches SIGSEGV.) */
export const LIST_SIGNALS = ["sed", "-n", "/^Sig[BIC]/p", "/proc/self/status"];

/** What {@linkcode LIST_SIGNALS} prints where every signal is at its default and none is blocked. */
export const ALL_DEFAULT = ["SigBlk", "SigIgn", "SigCgt"].map((name) => `${name}:\t${"0".repeat(16)}\n`).join("");

/**
 * The same without the two signals that are glibc's own: its posix_spawn(3), and so Deno.Command, has children ignore
 * them, and neither exec(2) nor qemu-user changes that.
 */
export function withoutInternal(signals: string): string {
  return signals.replaceAll(/[0-9a-f]{16}/g, (mask) => {
    const rest = BigInt(`0x${mask}`) & ~0x1_8000_0000n;
    return rest.toString(16).padStart(16, "0");
  });
}

/** Whether `pid` is a process, a zombie included. */
export function exists(pid: number): boolean {
  return readProc(`/proc/${pid}/stat`) !== "";
}

/** Whether `pid` runs; an orphan may stay a zombie until init looks. */
export function runs(pid: number): boolean {
  return exists(pid) && !/\) [ZX] /.test(readProc(`/proc/${pid}/stat`));
}

/** Whether all of `pids` end: one that was killed may still be about to, if it was not waited for. */
export async function allEnd(pids: readonly number[]): Promise<boolean> {
  for (const begun = performance.now(); pids.some(runs);) {
    if (performance.now() - begun > 2_000) return false;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return true;
}
