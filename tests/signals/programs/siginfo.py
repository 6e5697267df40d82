"""What Python's signal.sigwaitinfo says of signals that arrive: a line of JSON each, after READY."""
import json, signal, sys

numbers = [int(number) for number in sys.argv[2:]]
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
print("READY", flush=True)
for _ in range(int(sys.argv[1])):
    info = signal.sigwaitinfo(numbers)
    print(json.dumps([info.si_signo, info.si_code, info.si_pid, info.si_uid]), flush=True)
