#!/usr/bin/env python3
"""Three people talk with offline_chat, and whoever acts is killed wherever a file becomes permanent.

  story.py <offline_chat> <killer> [--short] [--every <n>]

Each scene is played again from its beginning for each moment at which whoever acts can be killed
(killer.cc), or for each nth: they start again, and do again only what has not happened. Then each must
have heard everything once and in the same order, and all must agree and talk on. --short kills in
three scenes only.
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SCENES = [
    ("bob", []),
    ("carol", []),
    ("alice", ["create"]),
    ("alice", ["invite bob"]),
    ("bob", ["join"]),
    ("alice", ["say Are you there?"]),
    ("bob", ["say I am."]),
    ("alice", ["invite carol", "say Somebody is coming."]),
    ("carol", ["join", "say Hello, you two!"]),
    ("bob", ["rotate"]),
    ("bob", ["leave"]),
    ("alice", ["say Where is he going?"]),
    ("carol", ["say He did not say."]),
    ("alice", ["remove carol"]),
]
SHORT = [("alice", ["say Are you there?"]), ("bob", ["say I am."]),
         ("carol", ["join", "say Hello, you two!"])]


class Chat:
    def __init__(self, program, killer, directory):
        self.program, self.killer, self.directory = program, killer, directory

    def run(self, name, commands, kill_at=None):
        """The lines that a process prints, or None if it was killed."""
        environment = dict(os.environ)
        if kill_at is not None:
            environment |= {"LD_PRELOAD": self.killer, "KILL_AT": str(kill_at)}
            # A sanitizer wants to be first; it may be second here.
            options = environment.get("ASAN_OPTIONS", "")
            environment["ASAN_OPTIONS"] = f"{options}:verify_asan_link_order=0"
        done = subprocess.run([self.program, name, self.directory], capture_output=True, text=True,
                              input="".join(f"{line}\n" for line in [*commands, "quit"]),
                              env=environment, timeout=120, check=False)
        if done.returncode == -signal.SIGKILL:
            return None
        complaints = [line for line in done.stdout.splitlines() if line.startswith("!")]
        if done.returncode != 0 or done.stderr or complaints:
            sys.exit(f"{name} {commands}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.splitlines()

    def copy(self):
        directory = tempfile.mkdtemp(dir=Path(self.directory).parent)
        shutil.copytree(self.directory, directory, dirs_exist_ok=True)
        return Chat(self.program, self.killer, directory)

    def look(self, name):
        """What somebody believes of the room, who is in it (nobody, if they are not), and the
        history."""
        self.run(name, [])
        members, *history = self.run(name, ["members", "history"])
        words = members.split()
        return (words[2], words[3:], history) if words[1] == "epoch" else (None, [], history)

    def has_happened(self, name, command):
        verb, _, rest = command.partition(" ")
        if verb == "leave":  # it takes somebody else's commit
            self.run(name, [])
            self.run("alice", [])
        _, names, history = self.look(name)
        return {"say": f"{name}: {rest}" in history, "create": bool(names), "join": bool(names),
                "invite": rest in names, "remove": rest not in names, "leave": not names,
                "rotate": True}[verb]


def people(scenes):
    return list(dict.fromkeys(name for name, _ in scenes))


def part_of(name, played, whole):
    """Of the history of alice, who is always there, what somebody must have heard."""
    commands = [command for each, commands in played if each == name for command in commands]
    if "create" in commands:
        return whole
    if "join" not in commands:
        return []
    came = [place for place, line in enumerate(whole) if line.endswith(f" adds {name}")]
    went = [place for place, line in enumerate(whole) if line.endswith(f" removes {name}")]
    return whole[came[0] + 1:went[0] + 1 if went else len(whole)]


def check(chat, played):
    """That nothing was lost and nothing repeated, and that they can talk on."""
    names = people(played)
    for name in names:
        chat.run(name, [])
    present = [name for name in names if chat.look(name)[1]]
    for name in present:
        chat.run(name, [f"say {name} is still here"])
    found = {name: chat.look(name) for name in names}
    histories = {name: history for name, (_, _, history) in found.items()}
    said = [f"{name}: {command[4:]}" for name, commands in played for command in commands
            if command.startswith("say ")]
    said += [f"{name}: {name} is still here" for name in present]
    whole = histories.get("alice", [])
    if sorted(said) != sorted(line for line in whole if not line.startswith("*")):
        sys.exit(f"said: {said}\nheard: {whole}")
    for name, history in histories.items():
        if history != part_of(name, played, whole):
            sys.exit(f"{name} heard: {history}\nalice heard: {whole}")
    beliefs = {str(found[name][:2]) for name in present}
    if len(beliefs) > 1:
        sys.exit(f"they disagree: {beliefs}")


def play_killed(chat, played, name, commands, kill_at):
    """Whether each command had happened when the process was killed; None if it was not killed."""
    if chat.run(name, commands, kill_at) is not None:
        return None
    happened = []
    for command in commands:
        happened.append(chat.has_happened(name, command))
        if not happened[-1]:
            chat.run(name, [command])
    check(chat, [*played, (name, commands)])
    return all(happened)


def play(chat, scenes, told, every):
    kills = 0
    for number, (name, commands) in enumerate(scenes):
        outcomes = []
        while (name, commands) in told:
            copy = chat.copy()
            kill_at = 1 + number % every + every * len(outcomes)
            outcome = play_killed(copy, scenes[:number], name, commands, kill_at)
            shutil.rmtree(copy.directory)
            if outcome is None:
                break
            outcomes.append(outcome)
        chat.run(name, commands)
        kills += len(outcomes)
        if outcomes:
            what = ", ".join(commands) or "start"
            print(f"  {name}: {what}\n      killed at {len(outcomes)} moments, {outcomes.count(False)} "
                  "of them before it had happened: then done again", flush=True)
    check(chat, scenes)
    return kills


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("killer")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as directory:
        chat = Chat(arguments.program, arguments.killer, tempfile.mkdtemp(dir=directory))
        kills = play(chat, SCENES, SHORT if arguments.short else SCENES, arguments.every)
    if kills == 0:
        sys.exit("nobody was killed")
    print(f"offline_chat: killed {kills} times; nothing was lost, and nothing was said twice")


if __name__ == "__main__":
    main()
