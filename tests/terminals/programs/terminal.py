"""A terminal with a shell of one job: it runs a program in a pty and does what it is told on standard input, line by line."""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import termios

# Seconds that a program may take, under emulation as well.
PATIENCE = 60
job = sys.argv[1] == "job"
master, slave = os.openpty()
path = os.ttyname(slave)
os.setsid()
fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
pid = os.fork()
if pid == 0:
    if job:
        os.setpgid(0, 0)
        os.tcsetpgrp(slave, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for number in range(3):
        os.dup2(slave, number)
    os.execv(sys.argv[2], sys.argv[2:])
seen = b""


def expect(text):
    global seen
    while text.encode() not in seen:
        if not select.select([master], [], [], PATIENCE)[0]:
            raise TimeoutError(f"{text} has not come, but {seen}")
        seen += os.read(master, 4096)
    seen = seen[seen.index(text.encode()) + len(text) :]
    return "ok"


def stty(*words):
    return subprocess.run(["stty", "-F", path, *words], capture_output=True, text=True).stdout.strip()


def status(flags):
    _, status = os.waitpid(pid, flags)
    if os.WIFSTOPPED(status):
        os.tcsetpgrp(slave, os.getpgrp())
        return "stopped by " + signal.Signals(os.WSTOPSIG(status)).name
    if os.WIFSIGNALED(status):
        return "ended by " + signal.Signals(os.WTERMSIG(status)).name
    return f"exit {os.WEXITSTATUS(status)}"


def foreground():
    os.tcsetpgrp(slave, pid)
    os.kill(pid, signal.SIGCONT)


def hangup():
    os.close(master)
    # The kernel tells the session's leader, which tells its jobs.
    os.kill(pid, signal.SIGHUP)


COMMANDS = {
    "expect": expect,
    "type": lambda text: os.write(master, text.encode()) and "ok",
    "stty": lambda *words: stty(*words) or "ok",
    "kill": lambda name: os.kill(pid, getattr(signal, name)) or "ok",
    "stopped": lambda: status(os.WUNTRACED),
    "fg": lambda: foreground() or "ok",
    "bg": lambda: os.kill(pid, signal.SIGCONT) or "ok",
    "ended": lambda: status(0),
    "hangup": lambda: hangup() or "ok",
    "path": lambda: path,
}
for line in sys.stdin:
    name, *words = json.loads(line)
    print(json.dumps(COMMANDS[name](*words)), flush=True)
try:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
except (ProcessLookupError, ChildProcessError):
    pass
