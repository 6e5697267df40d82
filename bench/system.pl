# system.pl N: run /bin/true N times by system; prints microseconds a child.
use strict;
use warnings;
use Time::HiRes qw(time);

my $count = shift // 1;
my $start = time;
for (1 .. $count) {
    system("/bin/true") == 0 or die "/bin/true failed: $?";
}
printf "%f\n", 1e6 * (time - $start) / $count;
