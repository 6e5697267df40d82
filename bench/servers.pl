# Run by servers.ts: `servers.pl MILLISECONDS` is servers_program.ts with two children of Net::Server::PreFork, whose work
# takes as much of the processor.
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_PROCESS_CPUTIME_ID);

package Greeter;
use parent 'Net::Server::PreFork';

my $steps = 0;

sub work {
    my ($count) = @_;
    my $state = 1;
    $state = ($state * 1_103_515_245 + 12_345) & 0xffffffff for 1 .. $count;
    return $state;
}

sub process_request {
    work($steps);
    print "220 ready\r\n";
}

sub pre_loop_hook {
    my ($self) = @_;
    syswrite STDOUT, $self->{server}{sock}[0]->sockport . "\n";
}

# The quickest of many: whatever else runs takes its time from the others.
my $best = 1e9;
for (1 .. 30) {
    my $begin = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_PROCESS_CPUTIME_ID());
    work(5_000);
    my $took = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_PROCESS_CPUTIME_ID()) - $begin;
    $best = $took if $took < $best;
}
$steps = int(5_000 * $ARGV[0] / 1_000 / $best);
@ARGV = ();
Greeter->run(
    host => '127.0.0.1', port => 0, ipv => 4, log_level => 0,
    min_servers => 2, max_servers => 2, min_spare_servers => 0, max_spare_servers => 1, max_requests => 1e9,
);
