# The Perl of bench/terminals.ts, with Expect.pm: see terminals.c.
use strict;
use warnings;
use Expect;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

sub start {
    my $child = Expect->new;
    $child->log_user(0);
    $child->spawn('sh', '-c', "stty raw -echo; echo READY; $_[0]") or die "spawn: $!";
    $child->expect(10, "READY\n") or die 'nothing has come';
    return $child;
}

my $cat = start('exec cat');
$| = 1;
while (<STDIN>) {
    my (undef, $way, $count) = split;
    my @pattern = $way eq 'regexp' ? ('-re', qr/you\?\n/) : ("you?\n");
    my $begin = clock_gettime(CLOCK_MONOTONIC);
    for (1 .. $count) {
        $cat->send("how are you?\n");
        $cat->expect(10, @pattern) or die 'no answer';
    }
    printf "%.0f\n", (clock_gettime(CLOCK_MONOTONIC) - $begin) * 1e9 / $count;
}
$cat->hard_close;
