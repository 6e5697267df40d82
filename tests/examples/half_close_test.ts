/** What sockets/half_close is for, against Perl's fork and shutdown. */
import { assertEquals, test } from "../support/mod.ts";
import { exampleCommand, launched } from "./launched.ts";

/** The same as the example says, as it is after fork: the child tells by way of a pipe, after its parent has acted. */
const PERL = `use Socket; use Errno qw(EAGAIN); use IO::Handle; $SIG{PIPE} = "IGNORE"; $| = 1;
  sub able { my $one = shift; my @can; return "do nothing" unless defined fileno $one;
    my $got = recv $one, my $byte, 1, MSG_PEEK | MSG_DONTWAIT;
    push @can, "read" if defined $got ? length $byte : $! == EAGAIN;
    push @can, "write" if defined send $one, "x", 0;
    return join(" and ", @can) || "do nothing"; }
  for my $how (0, 1, 2, "close") {
    socketpair my $ours, my $peer, AF_UNIX, SOCK_STREAM, 0 or die;
    pipe my $wait, my $go; pipe my $hear, my $tell;
    if (!fork) { close $go; <$wait>; syswrite $tell, able($ours); exit }
    close $tell; close $wait;
    $how eq "close" ? close $ours : shutdown $ours, $how;
    my ($we, $its) = (able($ours), able($peer));
    close $go; my $child = <$hear>; wait;
    my $done = $how eq "close" ? "close()" : "shutdown($how)";
    print "$done: we can $we, our child can $child, the peer can $its\\n";
  }`;

test("sockets/half_close tells of each side what Perl finds after fork", async () => {
  const perl = await launched(["perl", "-e", PERL]);
  assertEquals([perl.code, perl.stderr], [0, ""]);
  const { code, stdout, stderr } = await launched(exampleCommand("sockets/half_close"));
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: perl.stdout, stderr: "" });
  assertEquals(stdout.split("\n"), [
    "shutdown(0): we can write, our child can write, the peer can read",
    "shutdown(1): we can read, our child can read, the peer can write",
    "shutdown(2): we can do nothing, our child can do nothing, the peer can do nothing",
    "close(): we can do nothing, our child can read and write, the peer can read and write",
    "",
  ]);
}, { needs: ["perl"] });
