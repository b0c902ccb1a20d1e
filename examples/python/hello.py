#!/usr/bin/env python3
"""Two friends and a room, in Python: the story of ../hello.c, through the C API.

  hello.py LIBRARY...   the shared libraries: libconclave, then libconclave_boringssl
"""
import ctypes
import sys
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint16,
                    c_uint32, c_uint64, c_void_p, sizeof)

OK, ACCEPT, REJECT, BASIC = 0, 1, 2, 1


# -- The structs of conclave/c_types.h, c_environment.h, c_client.h and c_session.h that the story needs.

class Bytes(Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]

    @staticmethod
    def of(data):
        return Bytes(ctypes.cast(c_char_p(data), c_void_p), len(data))

    def copy(self):
        return ctypes.string_at(self.data, self.size)


class Credential(Structure):
    _fields_ = [("type", c_uint16), ("data", Bytes), ("certificates", POINTER(Bytes)),
                ("certificate_count", c_size_t)]


class Member(Structure):
    _fields_ = [("leaf", c_uint32), ("credential", Credential), ("signature_key", Bytes)]


class ExtensionList(Structure):
    _fields_ = [("items", c_void_p), ("count", c_size_t)]


class Question(Structure):
    _fields_ = [("moment", c_uint32), ("group_id", Bytes), ("credential", POINTER(Credential)),
                ("signature_key", Bytes), ("replaces", POINTER(Credential)), ("now", c_uint64)]


class Filled(Structure):
    """A struct that begins with its size: what is not given is zero."""

    def __init__(self, **fields):
        super().__init__(size=sizeof(self), **fields)


NOW = CFUNCTYPE(c_uint64, c_void_p)
VERIFY = CFUNCTYPE(c_int, c_void_p, POINTER(Question))


class Clock(Filled):
    _fields_ = [("size", c_size_t), ("context", c_void_p), ("now", NOW), ("release", c_void_p)]


class Verifier(Filled):
    _fields_ = [("size", c_size_t), ("context", c_void_p), ("verify", VERIFY),
                ("client_id", c_void_p), ("release", c_void_p)]


class ClientOptions(Filled):
    _fields_ = [("size", c_size_t), ("crypto", c_void_p), ("storage", c_void_p),
                ("clock", POINTER(Clock)), ("verifier", POINTER(Verifier)), ("suite", c_uint32),
                ("identity", Bytes), ("credential", POINTER(Credential)), ("signer", c_void_p),
                ("policy", c_void_p), ("executor", c_void_p), ("extensions", c_void_p),
                ("extension_count", c_size_t), ("proposals", c_void_p),
                ("proposal_count", c_size_t), ("credentials", c_void_p),
                ("credential_count", c_size_t), ("leaf_extensions", ExtensionList)]


class GroupOptions(Filled):
    _fields_ = [("size", c_size_t), ("id", Bytes), ("extensions", ExtensionList)]


class CommitRequest(Filled):
    _fields_ = [("size", c_size_t), ("path", c_uint32), ("add", POINTER(Bytes)),
                ("add_count", c_size_t), ("remove", c_void_p), ("remove_count", c_size_t),
                ("psks", c_void_p), ("psk_count", c_size_t), ("extensions", c_void_p),
                ("reinit", c_void_p), ("new_identity", c_void_p), ("custom", c_void_p),
                ("custom_count", c_size_t), ("exclude", c_void_p), ("exclude_count", c_size_t),
                ("authenticated_data", Bytes), ("joiners_per_welcome", c_size_t)]


class OutgoingCommit(Structure):
    _fields_ = [("offer", c_uint64), ("commit", Bytes)]


class Entered(Structure):
    _fields_ = [("welcomes", POINTER(Bytes)), ("welcome_count", c_size_t)]


class ApplicationMessage(Structure):
    _fields_ = [("sender", Member), ("epoch", c_uint64), ("plaintext", Bytes),
                ("authenticated_data", Bytes)]


VIEW = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
OUTGOING_VIEW = CFUNCTYPE(None, c_void_p, POINTER(OutgoingCommit))
ENTERED_VIEW = CFUNCTYPE(None, c_void_p, POINTER(Entered))


# -- Calls.

class ConclaveError(Exception):
    pass


class Library:
    def __init__(self, paths):
        self.libraries = [ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL) for path in paths]

    def function(self, name):
        for library in self.libraries:
            try:
                return getattr(library, "conclave_" + name)
            except AttributeError:
                continue
        raise ConclaveError(f"there is no conclave_{name}")

    def call(self, name, *arguments):
        """A call without a `detail`."""
        error = self.function(name)(*arguments)
        if error != OK:
            name_of = self.function("error_name")
            name_of.restype = c_char_p
            raise ConclaveError(f"{name}: {name_of(error).decode()}")

    def try_call(self, name, *arguments):
        """A call whose last parameter is a `detail`."""
        detail = c_char_p()
        try:
            self.call(name, *arguments, byref(detail))
        except ConclaveError as error:
            raise ConclaveError(f"{error}: {detail.value.decode()}") from None

    def new(self, name, *arguments, detail=True):
        """What a function gives out through its last pointer: a handle."""
        handle = c_void_p()
        (self.try_call if detail else self.call)(name, *arguments, byref(handle))
        return handle

    def shown(self, name, *arguments):
        """The bytes that a function shows."""
        kept = []
        view = VIEW(lambda _, data, size: kept.append(ctypes.string_at(data, size)))
        self.try_call(name, *arguments, view, None)
        return kept[0]


FRIENDS = (b"alice", b"bob")


@VERIFY
def knows_friends(_, question):
    """Says which identities we know. A real one looks them up, or checks certificates."""
    credential = question.contents.credential.contents
    known = credential.type == BASIC and credential.data.copy() in FRIENDS
    return ACCEPT if known else REJECT


def new_client(lib, crypto, name):
    disk = lib.new("storage_in_memory", detail=False)
    clock = Clock(now=NOW(("conclave_system_now", lib.libraries[0])))
    verifier = Verifier(verify=knows_friends)
    options = ClientOptions(crypto=crypto, storage=disk, clock=ctypes.pointer(clock),
                            verifier=ctypes.pointer(verifier), identity=Bytes.of(name))
    client = lib.new("client_create", byref(options))
    lib.function("storage_free")(disk)  # the client holds on to it
    return client


def sized(data):
    return data, c_size_t(len(data))


def receive(lib, session, message):
    return lib.new("session_receive", session, *sized(message), None, c_size_t(0), None)


def main():
    lib = Library(sys.argv[1:])
    crypto = lib.new("crypto_boringssl", detail=False)
    alice, bob = (new_client(lib, crypto, name) for name in FRIENDS)

    # Alice opens a room and offers a commit that adds Bob.
    room = lib.new("client_create_group", alice, byref(GroupOptions(id=Bytes.of(b"book club"))))
    key_package = Bytes.of(lib.shown("client_new_key_package", bob, None))
    request = CommitRequest(add=ctypes.pointer(key_package), add_count=1)
    kept = []
    lib.try_call("session_create_commit", room, byref(request),
                 OUTGOING_VIEW(lambda _, made: kept.append(made.contents.commit.copy())), None)

    # The delivery service accepts it: Alice reads her own commit back and enters.
    event = receive(lib, room, kept.pop())
    lib.try_call("session_apply", room, event, None, c_size_t(0),
                 ENTERED_VIEW(lambda _, left: kept.append(left.contents.welcomes[0].copy())), None)
    lib.function("event_free")(event)

    # Bob reads the welcome, joins, and they talk.
    invitation = lib.new("client_read_welcome", bob, *sized(kept.pop()), None)
    bobs_room = lib.new("client_enter", bob, invitation)
    lib.function("staged_join_free")(invitation)
    hello = lib.shown("session_protect", room, *sized(b"Chapter one?"), None, c_size_t(0), None,
                      c_size_t(0))
    event = receive(lib, bobs_room, hello)
    application = lib.function("event_application")
    application.restype = POINTER(ApplicationMessage)
    heard = application(event).contents
    sender, text = heard.sender.credential.data.copy(), heard.plaintext.copy()
    print(f"bob hears {sender.decode()}: {text.decode()}")

    for name, handle in (("event", event), ("session", bobs_room), ("session", room),
                         ("client", bob), ("client", alice), ("crypto", crypto)):
        lib.function(name + "_free")(handle)
    return 0 if (sender, text) == (b"alice", b"Chapter one?") else 1


if __name__ == "__main__":
    sys.exit(main())
