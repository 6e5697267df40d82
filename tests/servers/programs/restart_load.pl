# Connects RATE times a second, whatever becomes of the connections before, until its standard input ends. Each is to be answered
# with a line, and ended. Prints READY after the first answer; at the end how many there were, what became of them, in how many
# seconds they were begun, and how many milliseconds the longest took.
use strict;
use warnings;
use Errno qw(EINPROGRESS EINTR);
use Fcntl;
use IO::Poll qw(POLLIN POLLOUT POLLHUP POLLERR);
use Socket;
use Time::HiRes qw(time);

my ($kind, $where, $rate) = @ARGV;
my $address = $kind eq "tcp" ? sockaddr_in($where, INADDR_LOOPBACK) : sockaddr_un($where);
my $patience = 20;
my (%open, %count, %who);
my ($begun, $longest, $ready, $ending, $last) = (0, 0, 0, 0, 0);
my $poll = IO::Poll->new;
$| = 1;

sub done {
    my ($socket, $what) = @_;
    my $took = time - $open{$socket}{since};
    $longest = $took if $took > $longest;
    $count{$what}++;
    $poll->remove($socket);
    delete $open{$socket};
    close $socket;
}

sub begin {
    socket(my $socket, $kind eq "tcp" ? PF_INET : PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
    fcntl($socket, F_SETFL, O_NONBLOCK) // die "fcntl: $!";
    $begun++;
    $open{$socket} = { since => time, text => "" };
    return done($socket, "refused: $!") unless connect($socket, $address) || $! == EINPROGRESS;
    $poll->mask($socket => POLLIN);
}

sub hear {
    my ($socket) = @_;
    my $read = sysread($socket, $open{$socket}{text}, 100, length $open{$socket}{text});
    return if !defined $read && $! == EINTR;
    return done($socket, "lost: $!") unless defined $read;
    return if $read > 0;
    my ($answer) = $open{$socket}{text} =~ /^(generation \d+ pid \d+)\r?\n$/;
    return done($socket, "cut: $open{$socket}{text}") unless $answer;
    $who{$answer}++;
    print "READY\n" unless $ready++;
    done($socket, "answered");
}

my $start = time;
$poll->mask(\*STDIN => POLLIN);
until ($ending && !%open) {
    my $due = $start + $begun / $rate;
    if (!$ending) {
        for (; $due <= time; $due += 1 / $rate) { begin() }
    }
    my $wait = $ending ? 0.1 : $due - time;
    $poll->poll($wait > 0 ? $wait : 0);
    my @ready = $poll->handles(POLLIN | POLLHUP | POLLERR);
    for (@ready) {
        if ($_ == \*STDIN) { $ending = 1; $last = time; $poll->remove(\*STDIN) } else { hear($_) }
    }
    for my $one (keys %open) {
        next if time - $open{$one}{since} < $patience;
        $count{"hung"}++;
        delete $open{$one};
    }
}
my $all = join ",", map { "$_=$count{$_}" } sort keys %count;
my $whom = join ",", map { s/generation (\d+) pid (\d+)/$1:$2/r . "=$who{$_}" } sort keys %who;
printf "DONE %d|%s|%.2f|%d|%s\n", $begun, $all, $last - $start, $longest * 1000, $whom;
