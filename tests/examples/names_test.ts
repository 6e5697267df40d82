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

const PERL_NAMES = `use Socket; sub hex_of { join " ", map { sprintf "%02x", $_ } unpack "C*", shift }
  for ("127.0.0.1", "127.1", "0x7f.0.0.1", "0177.1", "2130706433") {
    print "inet_aton $_: ", hex_of(inet_aton($_)), " is ", inet_ntoa(inet_aton($_)), "\\n";
  }
  my ($port, $address) = unpack_sockaddr_in(my $in = pack_sockaddr_in(13, inet_aton("127.1")));
  print "sockaddr_in: ", hex_of($in), " is ", inet_ntoa($address), " port $port\\n";
  my $un = pack_sockaddr_un("/run/names.socket");
  my $path = unpack_sockaddr_un($un);
  print "sockaddr_un: ", hex_of(substr $un, 0, 3 + length $path), " is $path\\n"`;

test("sockets/names packs what Perl packs, and has two pairs talk", async () => {
  const perl = await launched(["perl", "-e", PERL_NAMES]);
  const { code, stdout, stderr } = await launched(exampleCommand("sockets/names"));
  assertEquals([perl.stderr, code, stderr], ["", 0, ""]);
  assertEquals(stdout, `${perl.stdout}hello over TCP\nhello over a Unix socket\n`);
}, { needs: ["perl"] });
