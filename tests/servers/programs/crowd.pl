# Clients: IDLE that say nothing, SLOW that send a byte a second; RESETS come and reset their connections, over and over.
use strict;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);
my ($port, $idle, $slow, $resets) = @ARGV;
sub client { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port) or die "connect: $@\n" }
my @idle = map { client() } 1 .. $idle;
my @slow = map { client() } 1 .. $slow;
for (1 .. $resets) {
    my $one = client();
    setsockopt($one, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0));
    syswrite($one, "half");
    close($one);
}
$| = 1;
print "READY\n";
my $in = "";
while (1) {
    syswrite($_, "x") for @slow;
    vec($in, 0, 1) = 1;
    last if select(my $out = $in, undef, undef, 1);
}
