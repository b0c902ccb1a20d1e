"""What peers do together. In each scenario ann and cat are of one implementation, which creates the
group, and bob and dan of the other."""
import random
from room import hexadecimal


def everybody(room, *names):
    room.create("ann")
    room.add("ann", *names)


def welcome(room):
    """Members of each implementation add members of each."""
    room.create("ann")
    room.add("ann", "bob")
    room.agree()
    room.add("bob", "cat", "dan")
    room.agree()


def as_they_are(room):
    """The same, with whatever the implementations send by themselves."""
    welcome(room)


def update(room):
    """Everybody commits new keys, in turn and again."""
    everybody(room, "bob", "cat", "dan")
    for _ in range(2):
        for name in ("dan", "ann", "bob", "cat"):
            room.update(name)
    room.agree()


def remove(room):
    """Each implementation removes a member of each, and somebody takes an empty place."""
    everybody(room, "bob", "cat", "dan", "eve", "fay")
    room.remove("bob", "cat")
    room.remove("ann", "dan")
    room.agree()
    room.remove("ann", "eve")
    room.remove("bob", "fay")
    room.update("bob")
    room.add("bob", "cat")
    room.add("ann", "dan")
    room.agree()


def psk(room):
    """Pre-shared keys go into commits of members and into Welcomes."""
    everybody(room, "bob", "cat")
    for identifier in ("first", "second"):
        room.share_psk(identifier, "ann", "bob", "cat", "dan")
    first, second = hexadecimal("first"), hexadecimal("second")
    room.update("ann", [first])
    room.update("bob", [second, first])
    room.agree()
    room.add("bob", "dan", psks=[first])
    room.agree()


def proposals(room):
    """Members of each implementation commit what members of the other proposed."""
    everybody(room, "bob", "cat")
    room.propose("bob", "propose_add", key_package=key_package(room, "dan"))
    room.commit("ann", joiners=["dan"])
    room.agree()
    room.propose("ann", "propose_remove", leaf=leaf(room, "cat"))
    room.commit("bob", leavers=["cat"])
    room.propose("dan", "propose_add", key_package=key_package(room, "eve"))
    room.commit("ann", joiners=["eve"])
    room.agree()


def replaced(room):
    """One commit puts somebody in the place of a member: once of each implementation."""
    everybody(room, "bob", "cat", "dan")
    room.propose("ann", "propose_remove", leaf=leaf(room, "cat"))
    room.propose("ann", "propose_add", key_package=key_package(room, "fay"))
    room.commit("bob", joiners=["fay"], leavers=["cat"])
    room.propose("bob", "propose_remove", leaf=leaf(room, "dan"))
    room.propose("bob", "propose_add", key_package=key_package(room, "eve"))
    room.commit("ann", joiners=["eve"], leavers=["dan"])
    room.agree()


def proposed_update(room):
    """Members commit the Update proposals of others."""
    everybody(room, "bob", "cat", "dan")
    room.propose("ann", "propose_update")
    room.propose("cat", "propose_update")
    room.commit("bob")
    room.agree()
    room.update("ann")
    room.agree()


def external_join(room):
    """Members of each implementation join by themselves, with a GroupInfo from the other."""
    everybody(room, "bob")
    room.external_join("bob", "cat")
    room.agree()
    room.external_join("ann", "dan")
    room.agree()
    room.update("bob")
    room.agree()


def resync(room):
    """A member joins again, in its own place."""
    everybody(room, "bob", "cat")
    room.external_join("ann", "bob")
    room.agree()


def long_life(room):
    """A group of up to six goes through thirty changes by chance, the same at every run."""
    dice = random.Random(9420)
    names = ["ann", "bob", "cat", "dan", "eve", "fay"]
    everybody(room, "bob")
    for _ in range(30):
        outside = [name for name in names if name not in room.members]
        by = dice.choice(room.members)
        others = [name for name in room.members if name != by]
        kind = dice.choice(["add", "add", "remove", "update", "update"])
        if kind == "add" and outside:
            room.add(by, *dice.sample(outside, dice.randint(1, min(2, len(outside)))))
        elif kind == "remove" and len(others) > 1:
            room.remove(by, dice.choice(others))
        else:
            room.update(by)
    room.agree()


def key_package(room, name):
    return room.people[name].ask("key_package")["key_package"]


def leaf(room, name):
    return room.people[name].ask("state")["own_leaf"]


ALL = {
    "welcome": welcome,
    "as they are": as_they_are,
    "update": update,
    "remove": remove,
    "psk": psk,
    "proposals": proposals,
    "replaced": replaced,
    "proposed update": proposed_update,
    "external join": external_join,
    "resync": resync,
    "long life": long_life,
}
