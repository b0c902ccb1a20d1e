"""A peer: a program that answers JSON lines, as tests/interop/json_peer.cc describes."""
import json
import select
import subprocess

TIMEOUT = 60  # seconds, for one answer


class Refused(Exception):
    """The peer said no."""


class Lacks(Refused):
    """... because it does not have that."""


class Peer:
    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.unread = b""
        self.asked = 0
        self.name = ""

    def ask(self, op, **fields):
        self.asked += 1
        request = {"id": self.asked, "op": op, **fields}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        reply = json.loads(self.read_line())
        if reply.get("id") != self.asked:
            raise RuntimeError(f"{op}: an answer to something else")
        if reply.get("ok") is True:
            return reply
        error = str(reply.get("error"))
        refusal = Lacks if error.startswith("Unsupported: ") else Refused
        raise refusal(f"{self.name} refuses {op}: {error[:200]}")

    def read_line(self):
        while b"\n" not in self.unread:
            ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
            part = self.process.stdout.read1(1 << 20) if ready else b""
            if not part:
                self.process.kill()
                raise RuntimeError(f"{self.name} does not answer")
            self.unread += part
        line, self.unread = self.unread.split(b"\n", 1)
        return line

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Pool:
    """Peers of one implementation. A peer forgets all with its `init`, so they are used again."""

    def __init__(self, command):
        self.command = command
        self.peers = []
        self.taken = 0

    def take(self):
        if self.taken == len(self.peers):
            self.peers.append(Peer(self.command))
        self.taken += 1
        return self.peers[self.taken - 1]

    def release(self):
        self.peers = [peer for peer in self.peers if peer.process.poll() is None]
        self.taken = 0

    def close(self):
        for peer in self.peers:
            peer.close()
        self.peers = []
