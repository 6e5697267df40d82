/** What the examples of names are for, against Perl's programs. */
import { assertEquals, test } from "../support/mod.ts";
import { exampleCommand, launched } from "./launched.ts";

const PERL_SELF = `use Socket; use Sys::Hostname; my $name = hostname(); my @found = gethostbyname($name);
  print "$name\\n", map { inet_ntoa($_) . "\\n" } @found[4 .. $#found] if @found`;

test("sockets/self tells the name that Perl tells, with an address of it, or that it has none", async () => {
  const [name, ...addresses] = (await launched(["perl", "-e", PERL_SELF])).stdout.split("\n").slice(0, -1);
  const { code, stdout, stderr } = await launched(exampleCommand("sockets/self"));
  const [, ours, address] = /^(\S+) \[(\S+)\]\n$/.exec(stdout) ?? [];
  if (name === undefined) return assertEquals([code, /^self: (Cannot look up|Timed out)/.test(stderr)], [1, true]);
  assertEquals([code, stderr, ours], [0, "", name]);
  // Perl asks for IPv4 alone.
  if (!address!.includes(":")) assertEquals(addresses.includes(address!), true);
}, { needs: ["perl"] });
