#!/usr/bin/env python3
"""Holds conversations between Conclave's json_peer and a peer of another implementation.

conversations.py <job> <results directory> <json_peer> <suites> <name>=<command>...
"""
import shlex
import sys

from peer import Lacks, Pool
from room import Room
import scenarios
from tally import Lacking, Tally

OURS = "Conclave"


def hold(scenario, pools, creator, other, suite, framing):
    room = Room(pools, suite, framing, as_they_are=scenario is scenarios.as_they_are)
    try:
        for name in ("ann", "cat", "eve"):
            room.invite(name, creator)
        for name in ("bob", "dan", "fay"):
            room.invite(name, other)
        scenario(room)
    except Lacks as lack:
        return Lacking(lack)
    finally:
        for pool in pools.values():
            pool.release()
    return ""


def converse(tally, pools, peer, suites):
    version = pools[peer].take().ask("init", suite=suites[0], identity="00").get("version", "")
    pools[peer].release()
    label = f"{peer} {version}".strip()
    for name, scenario in scenarios.ALL.items():
        for creator, other in ((OURS, peer), (peer, OURS)):
            for suite in suites:
                for framing in ("private", "public"):
                    tally.check(label, f"{name}, {creator} creates", suite, framing,
                                lambda s=scenario, c=creator, o=other, n=suite, f=framing: hold(
                                    s, pools, c, o, n, f))


def main():
    job, results, json_peer, suites = sys.argv[1:5]
    tally = Tally(job, results)
    for argument in sys.argv[5:]:
        peer, command = argument.split("=", 1)
        pools = {OURS: Pool([json_peer]), peer: Pool(shlex.split(command))}
        try:
            converse(tally, pools, peer, [int(suite) for suite in suites.split()])
        finally:
            for pool in pools.values():
                pool.close()
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
