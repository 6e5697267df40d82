"""Run a command in a world of its own, where one name server knows a few names and never answers some: a network and
mounts of its own are there already (unshare), argv is the command."""
import ctypes, fcntl, os, signal, socket, struct, sys, tempfile

A, PTR = 1, 12
NAMES = {
    ("true.example", A): "192.0.2.7",
    ("second.example", A): "192.0.2.8",
    ("7.2.0.192.in-addr.arpa", PTR): "true.example",
    ("8.2.0.192.in-addr.arpa", PTR): "true.example",
    ("9.2.0.192.in-addr.arpa", PTR): "192.0.2.9",
    ("10.2.0.192.in-addr.arpa", PTR): "gone.example",
    ("11.2.0.192.in-addr.arpa", PTR): "silent.example",
    ("12.2.0.192.in-addr.arpa", PTR): "empty.example",
}
FILES = {
    "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n",
    "/etc/nsswitch.conf": "hosts: files dns\nservices: files\nprotocols: files\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost6\n192.0.2.1 own own.example\n"
        "127.0.0.2 pair\n127.0.0.3 pair\n::1 both\n127.0.0.1 both\n198.51.100.1 holes\n198.51.100.2 holes\n",
}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


def encoded(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def answer(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    name, kind = ".".join(labels).lower(), struct.unpack_from(">H", query, at + 1)[0]
    if name.startswith("silent"):
        return None
    found = NAMES.get((name, kind))
    known = found or name.startswith("empty") or any(other == name for other, _ in NAMES)
    code = SERVFAIL if name.startswith("failing") else NOERROR if known else NXDOMAIN
    head = query[:2] + struct.pack(">HHHHH", 0x8580 | code, 1, 1 if found else 0, 0, 0)
    data = b"" if not found else socket.inet_aton(found) if kind == A else encoded(found)
    record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data if found else b""
    return head + query[12:at + 5] + record


def raise_loopback():
    SIOCSIFFLAGS, IFF_UP = 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def add_hole(network, mask):
    """A route to addresses that do not answer: what comes to loopback for one that is not its own is dropped."""
    SIOCADDRT, RTF_UP = 0x890B, 1
    device = ctypes.create_string_buffer(b"lo")
    names = [struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(name)) for name in (network, "0.0.0.0", mask)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCADDRT, struct.pack("@L16s16s16sHhLPhPLLH", 0, *names, RTF_UP, 0, 0, 0, 0, ctypes.addressof(device), 0, 0, 0))


def mount(path, text):
    MS_BIND = 4096
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    target = os.path.realpath(path).encode()
    if ctypes.CDLL(None, use_errno=True).mount(file.name.encode(), target, None, MS_BIND, None) != 0:
        raise OSError(ctypes.get_errno(), "mount", path)
    os.unlink(file.name)


def serve(server, parent):
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # A parent that was quicker sends no signal any more.
    while os.getppid() == parent:
        query, client = server.recvfrom(4096)
        reply = answer(query)
        if reply:
            server.sendto(reply, client)


raise_loopback()
add_hole("198.51.100.0", "255.255.255.0")
for path, text in FILES.items():
    mount(path, text)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
parent = os.getpid()
if os.fork() == 0:
    # Whoever waits for the end of the command's output is not to wait for the server.
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    serve(server, parent)
server.close()
os.execvp(sys.argv[1], sys.argv[1:])
