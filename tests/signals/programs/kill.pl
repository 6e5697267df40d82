# Perl's kill, for comparison: each line of the arguments is an expression that is called with a list of process ids.
use strict; use warnings;
my ($signal, @pids) = @ARGV;
no warnings;
print kill($signal, @pids), "\n";
