"""The command line in a process of its own, whose every change to a folder passes a gate.

The kernel asks the gate before each system call that changes files, and the gate lets it pass,
kills the process there and then, or answers with an error such as ENOSPC. Between two such calls
the disk does not change: the numbers from 1 on name every state in which a kill can leave it.
https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html

Processes are forked from one that has the libraries loaded, which saves seconds each.
"""

import ctypes
import fcntl
import multiprocessing
import os
import platform
import resource
import select
import signal
import struct
import sys
import tempfile
from dataclasses import dataclass
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["pytest", "pipeline.api", "pipeline.cli", "pipeline.reports.ingested", "rich.progress"]
)

# The calls by which files change, with their numbers, and which of them take space.
# https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl
_NUMBERS = {
    "x86_64": {
        "write": 1,
        "pwrite64": 18,
        "writev": 20,
        "ftruncate": 77,
        "fsync": 74,
        "fdatasync": 75,
        "rename": 82,
        "mkdir": 83,
        "unlink": 87,
        "openat": 257,
        "mkdirat": 258,
        "unlinkat": 263,
        "renameat2": 316,
    },
    "aarch64": {
        "mkdirat": 34,
        "unlinkat": 35,
        "renameat": 38,
        "ftruncate": 46,
        "openat": 56,
        "write": 64,
        "writev": 66,
        "pwrite64": 68,
        "fsync": 82,
        "fdatasync": 83,
        "renameat2": 276,
    },
}
CALLS = _NUMBERS.get(platform.machine(), {}) if sys.platform == "linux" else {}
TAKES_SPACE = {"write", "pwrite64", "writev", "openat", "mkdir", "mkdirat"}
_ON_A_FILE = {"write", "pwrite64", "writev", "ftruncate", "fsync", "fdatasync"}

PASS, KILL = 0, -1


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code (negative: the signal), what it said, the changes it made."""

    code: int
    said: str
    changes: int


def run(arguments, folder, decide=None, after=None, **more) -> Ended:
    """Run `flowcause ARGUMENTS`; `decide(number, call)` is asked at each change below `folder`.

    It is killed after so many seconds, unless it has ended by then.
    """
    process, ours, said = start(arguments, folder, gated=decide is not None, **more)
    changes = 0
    if after is not None:
        process.join(after)
        process.kill()
    if ours is not None:
        listener = recv_handle(ours)
        changes = _watch(process, listener, str(folder), decide)
        os.close(listener)
    return ended(process, said, changes)


def start(arguments, folder, gated=False, environ=(), most=None, small=(1, 30)):
    """Start `flowcause ARGUMENTS`, with few objects to a commit, in files of `most` bytes."""
    handle, said = tempfile.mkstemp()
    os.close(handle)
    ours, theirs = FORKS.Pipe() if gated else (None, None)
    told = (arguments, said, dict(environ), most, small, theirs)
    process = FORKS.Process(target=_live, args=told)
    process.start()
    return process, ours, Path(said)


def ended(process, said, changes=0) -> Ended:
    process.join(120)
    assert process.exitcode is not None, "a run that does not end"
    text = said.read_text()
    said.unlink()
    return Ended(process.exitcode, text, changes)


def kill_at(number):
    return lambda count, call: KILL if count == number else PASS


def fail_from(number, code):
    """Refuse with an error what takes space, from a change on: a disk that is full stays full."""
    return lambda count, call: code if count >= number and call in TAKES_SPACE else PASS


def is_there() -> bool:
    """Tell whether the kernel lets a process put itself behind a gate."""
    process = FORKS.Process(target=_try)
    process.start()
    process.join()
    return process.exitcode == 0


def _try() -> None:
    os._exit(0 if CALLS and _put_up() >= 0 else 1)


def _live(arguments, said, environ, most, small, theirs) -> None:
    from pipeline import cli
    from pipeline.ingest import run as ingest_run

    out = os.open(said, os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(environ)
    sys.dont_write_bytecode = True
    sys.argv = ["flowcause", *arguments]
    ingest_run.CHUNK_BYTES, ingest_run.COMMIT_ROWS = small
    if most is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    if theirs is not None:
        send_handle(theirs, _put_up(), os.getppid())
    cli.main()


def _watch(process, listener, folder, decide) -> int:
    """Answer the kernel until the process is gone; return how many changes there were."""
    count = 0
    names = {number: name for name, number in CALLS.items()}
    gone = select.poll()
    gone.register(listener, select.POLLIN)
    while gone.poll()[0][1] & select.POLLIN:
        asked = bytearray(80)
        try:
            fcntl.ioctl(listener, _ioctl(0, 80), asked)
        except OSError:  # the thread that asked is gone
            continue
        cookie, pid, _, number = struct.unpack_from("=QIIi", asked)
        (first,) = struct.unpack_from("=Q", asked, 32)
        answer = PASS
        if names[number] not in _ON_A_FILE or _file(pid, first).startswith(folder):
            count += 1
            answer = decide(count, names[number])
        if answer == KILL:
            os.kill(process.pid, signal.SIGKILL)
            return count
        # Flag 1: let the call go on as it is.
        reply = struct.pack("=QqiI", cookie, 0, -answer, 1 if answer == PASS else 0)
        try:
            fcntl.ioctl(listener, _ioctl(1, 24), reply)
        except OSError:
            continue
    return count


def _file(pid, descriptor) -> str:
    try:
        return str(Path(f"/proc/{pid}/fd/{descriptor & 0xFFFFFFFF}").readlink())
    except OSError:
        return ""


def _ioctl(number, size) -> int:
    return 3 << 30 | size << 16 | ord("!") << 8 | number


def _put_up() -> int:
    """Put this process behind a gate; return the descriptor by which the kernel asks, or -1."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = _program()
    held = ctypes.create_string_buffer(program)
    told = struct.pack("=HxxxxxxQ", len(program) // 8, ctypes.addressof(held))
    no_new_privileges, set_filter, with_listener = 38, 1, 8
    if libc.prctl(no_new_privileges, 1, 0, 0, 0):
        return -1
    seccomp = {"x86_64": 317, "aarch64": 277}[platform.machine()]
    return libc.syscall(seccomp, set_filter, with_listener, told)


def _program() -> bytes:
    """Return the filter: ask at the calls above, and at openat where it makes or empties a file."""
    load, equal, has, answer = 0x20, 0x15, 0x45, 0x06
    ask, allow = 0x7FC00000, 0x7FFF0000
    others = [number for name, number in CALLS.items() if name != "openat"]
    steps = [(load, 0, 0, 0), (equal, 0, 2, CALLS["openat"]), (load, 0, 0, 32)]
    # Flags are the third argument: O_CREAT or O_TRUNC. Else the call is none of the others.
    steps += [(has, len(others) + 1, len(others), os.O_CREAT | os.O_TRUNC)]
    steps += [(equal, len(others) - i, 0, number) for i, number in enumerate(others)]
    steps += [(answer, 0, 0, allow), (answer, 0, 0, ask)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
