"""A group whose members are peers of several implementations. Whatever one of them does, the others
must follow to the very same state."""
from differences import NO_GREASE

STATE = ("epoch", "group_id", "tree_hash", "confirmed_transcript_hash", "epoch_authenticator",
         "members")


class Disagreement(Exception):
    pass


def hexadecimal(text):
    return text.encode().hex()


class Room:
    def __init__(self, pools, suite, framing, as_they_are=False):
        self.pools = pools
        self.suite = suite
        self.public = framing == "public"
        self.as_they_are = as_they_are  # whether nobody is spared what it is known to refuse
        self.people = {}  # everybody, in or out
        self.members = []  # names

    def invite(self, name, implementation):
        peer = self.pools[implementation].take()
        peer.name = f"{name} ({implementation})"
        grease = self.as_they_are or not NO_GREASE.intersection(self.pools)
        peer.ask("init", suite=self.suite, identity=hexadecimal(name),
                 public_handshake=self.public, own_keys=self.as_they_are, grease=grease)
        self.people[name] = peer

    def create(self, name):
        self.people[name].ask("create", group_id=hexadecimal("room"))
        self.members = [name]

    # -- Commits. Each ends with everybody where the committer is.

    def add(self, by, *names, psks=()):
        key_packages = [self.people[name].ask("key_package")["key_package"] for name in names]
        reply = self.people[by].ask("add", key_packages=key_packages, psks=list(psks))
        self.follow(by, reply)
        self.join(reply, names)

    def join(self, reply, names):
        for name in names:
            joined = self.people[name].ask("join", welcome=reply["welcome"])
            self.same(reply, joined, name)
            self.members.append(name)

    def update(self, by, psks=()):
        self.follow(by, self.people[by].ask("update", psks=list(psks)))

    def remove(self, by, name):
        leaf = self.people[name].ask("state")["own_leaf"]
        reply = self.people[by].ask("remove", leaf=leaf)
        self.leave(reply, name)
        self.follow(by, reply)

    def leave(self, reply, name):
        """`name` learns that it is out."""
        if self.people[name].ask("process", message=reply["commit"]).get("active") is not False:
            raise Disagreement(f"{name} was removed and does not know")
        self.members.remove(name)

    def external_join(self, host, name):
        info = self.people[host].ask("group_info")
        reply = self.people[name].ask("external_join", group_info=info["group_info"])
        if name in self.members:
            self.members.remove(name)
        self.follow(name, reply)
        self.members.append(name)

    def propose(self, by, op, **fields):
        """A proposal that everybody has heard."""
        proposal = self.people[by].ask(op, **fields)["proposal"]
        for name in self.members:
            if name != by:
                self.people[name].ask("process", message=proposal)

    def commit(self, by, joiners=(), leavers=()):
        """A commit of what was proposed."""
        made = self.people[by].ask("commit")
        for name in leavers:
            self.leave(made, name)
        reply = self.people[by].ask("process", message=made["commit"])
        reply["commit"] = made["commit"]
        self.follow(by, reply)
        if joiners:
            self.join({**reply, "welcome": made["welcome"]}, joiners)

    def share_psk(self, identifier, *names):
        for name in names:
            self.people[name].ask("psk", psk_id=hexadecimal(identifier),
                                  secret=hexadecimal("0123456789abcdef0123456789abcdef"))

    # -- Agreement.

    def follow(self, by, reply):
        for name in self.members:
            if name != by:
                self.same(reply, self.people[name].ask("process", message=reply["commit"]), name)

    @staticmethod
    def same(expected, found, name):
        for field in STATE:
            if expected[field] != found[field]:
                raise Disagreement(f"{name} disagrees on {field} in epoch {expected['epoch']}")

    def agree(self):
        """All have one state, export one secret, and read what the others say."""
        states = {name: self.people[name].ask("state") for name in self.members}
        first = states[self.members[0]]
        if sorted(first["members"]) != sorted(hexadecimal(name) for name in self.members):
            raise Disagreement("the members are others")
        secrets = set()
        for name, state in states.items():
            self.same(first, state, name)
            secrets.add(self.people[name].ask("export", label="agreement",
                                              context=hexadecimal("of peers"), length=48)["secret"])
        if len(secrets) != 1 or len(secrets.pop()) != 96:
            raise Disagreement("the exported secrets differ")
        for speaker in self.members:
            self.say(speaker)

    def say(self, speaker):
        plaintext, aad = hexadecimal(f"{speaker} says hello"), hexadecimal("aad")
        message = self.people[speaker].ask("encrypt", plaintext=plaintext, aad=aad)["message"]
        for name in self.members:
            if name == speaker:
                continue
            heard = self.people[name].ask("process", message=message)
            if (heard["kind"], heard["plaintext"]) != ("application", plaintext):
                raise Disagreement(f"{name} reads something else")
            # Not every implementation shows the authenticated data.
            if heard.get("aad") not in (None, aad):
                raise Disagreement(f"{name} reads other authenticated data")
