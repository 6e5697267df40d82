# The Python of bench/terminals.ts, with pexpect: see terminals.c. `match WAY KIBIBYTES` looks for a pattern behind so much text
# that comes in pieces of 4095 bytes.
import sys
import time

import pexpect
from pexpect.spawnbase import SpawnBase


class Pieces(SpawnBase):
    """Text from memory, and what is looked for at its end."""

    def __init__(self, length):
        super().__init__(timeout=600, searchwindowsize=None)
        self.left = length

    def read_nonblocking(self, size=1, timeout=None):
        if self.left <= 0:
            return b"the END\n"
        self.left -= 4095
        return PIECE


PIECE = b"Some text of a program, line by line\n" * 111
PIECE = PIECE[:4095]


def start(script):
    child = pexpect.spawn("sh", ["-c", "stty raw -echo; echo READY; " + script])
    child.delaybeforesend = None
    child.expect_exact(b"READY\n")
    return child


def trip(way, count):
    cat = start.cat
    begin = time.monotonic_ns()
    for _ in range(count):
        cat.send(b"how are you?\n")
        cat.expect_exact(b"you?\n") if way == "string" else cat.expect(rb"you\?\n")
    return (time.monotonic_ns() - begin) / count


def match(way, kibibytes):
    pieces = Pieces(kibibytes * 1024)
    begin = time.monotonic_ns()
    pieces.expect_exact(b"END\n") if way == "string" else pieces.expect(rb"E[N]D\n")
    return time.monotonic_ns() - begin


start.cat = start("exec cat")
for line in sys.stdin:
    what, way, count = line.split()
    print(round((match if what == "match" else trip)(way, int(count))), flush=True)
