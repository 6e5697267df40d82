/** A child that writes to both outputs while it is fed: none of the three pipes may stop the others. */
import { capture, open3, pipeline } from "../../lib/processes/mod.ts";
import { assert, assertEquals, EMULATED, test } from "../support/mod.ts";

const VOLUME = EMULATED ? 256 * 1024 : 10 * 1024 * 1024;

/** What the child does, one thing after the other, each of them more than a pipe holds. */
const ORDERS = ["eoi", "oei", "eio", "ioe", "oie", "ieo"];

/**
 * Perl with pipes of SIZE bytes (0: as they are) writes VOLUME bytes of its input's first byte and of a second one to its
 * outputs, and takes its input to the end, in the order given.
 */
const CHILD = `
  my ($size, $volume, $order) = @ARGV;
  my ($taken, $odd) = (0, 0);
  if ($size) {
    fcntl($_, 1031, 0 + $size) // die "fcntl: $!" for *STDOUT, *STDERR;
    # It cannot shrink below what it holds, and it may be full by now.
    until (defined fcntl STDIN, 1031, 0 + $size) { $taken += sysread STDIN, my $chunk, 1 << 20 }
  }
  for my $step (split //, $order) {
    if ($step eq "i") { while (my $n = sysread STDIN, my $chunk, 1 << 16) { $taken += $n; $odd ||= $chunk =~ /[^i]/ } }
    else {
      my ($to, $left) = ($step eq "o" ? *STDOUT : *STDERR, $volume);
      while ($left > 0) { $left -= syswrite($to, $step x 65536, $left < 65536 ? $left : 65536) // die }
    }
  }
  exit($taken == $volume && !$odd ? 0 : 3);
`;

function command(size: number, order: string): string[] {
  return ["perl", "-e", CHILD, `${size}`, `${VOLUME}`, order];
}

const isAll = (bytes: Uint8Array, letter: string) =>
  bytes.length === VOLUME && bytes.every((byte) => byte === letter.charCodeAt(0));

for (const size of [0, 4_096]) {
  for (const order of size === 0 ? ORDERS : ["eoi", "ioe"]) {
    test(
      `capture() carries 10 MiB each way in the order ${order}${size ? ` through pipes of ${size}` : ""}`,
      async () => {
        const input = new Uint8Array(VOLUME).fill("i".charCodeAt(0));
        const { stdoutBytes, stderrBytes, status } = await capture(command(size, order), { input, timeout: 60_000 });
        assert(isAll(stdoutBytes, "o"), `${stdoutBytes.length} bytes of output`);
        assert(isAll(stderrBytes, "e"), `${stderrBytes.length} bytes of errors`);
        assertEquals(status.code, 0);
      },
      { needs: ["perl"] },
    );
  }
}

test("pipeline() carries 10 MiB each way through two stages and their common errors", async () => {
  const input = new Uint8Array(VOLUME).fill("i".charCodeAt(0));
  const output = await pipeline([command(4_096, "eio"), ["cat"]], { input, stderr: "piped", timeout: 60_000 }).output();
  assert(isAll(output.stdoutBytes, "o") && isAll(output.stderrBytes, "e"));
  assertEquals(`${output.statuses}`, "exit 0,exit 0");
}, { needs: ["perl"] });

test("open3() carries 10 MiB each way where both outputs are read while it writes", async () => {
  await using three = open3(command(4_096, "eoi"), { timeout: 60_000 });
  const written = three.write(new Uint8Array(VOLUME).fill("i".charCodeAt(0))).then(() => three.stdin.close());
  const [out, err] = await Promise.all(
    [three.stdout, three.stderr].map((stream) => new Response(stream).arrayBuffer()),
  );
  assert(isAll(new Uint8Array(out!), "o") && isAll(new Uint8Array(err!), "e"));
  await written;
  assertEquals((await three.close()).code, 0);
}, { needs: ["perl"] });
