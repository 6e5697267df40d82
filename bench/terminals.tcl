# The Tcl of bench/terminals.ts, with Expect: see terminals.c.
log_user 0
set timeout 10
spawn -noecho sh -c "stty raw -echo; echo READY; exec cat"
expect "READY\n"
while {[gets stdin line] >= 0} {
  lassign $line what way count
  set begin [clock microseconds]
  for {set i 0} {$i < $count} {incr i} {
    send "how are you?\n"
    if {$way eq "regexp"} {expect -re {you\?\n}} else {expect -ex "you?\n"}
  }
  puts [expr {([clock microseconds] - $begin) * 1000 / $count}]
  flush stdout
}
close
