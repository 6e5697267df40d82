"""A supervisor that shows what it is told: one line of JSON a message. Its argument is where; "@name" is abstract."""
import array, json, os, socket, struct, sys

where = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
listener.bind("\0" + where[1:] if where.startswith("@") else where)
print("READY", flush=True)
while True:
    data, control, flags, address = listener.recvmsg(4096, 2048)
    told = {"text": data.decode(), "fds": []}
    for level, kind, content in control:
        if kind == socket.SCM_CREDENTIALS:
            told["pid"] = struct.unpack("3i", content[:12])[0]
        if kind == socket.SCM_RIGHTS:
            fds = array.array("i")
            fds.frombytes(content[: len(content) // 4 * 4])
            told["fds"] = [os.readlink("/proc/self/fd/%d" % fd).split(":")[0] for fd in fds]
            for fd in fds:
                os.close(fd)
    print(json.dumps(told), flush=True)
