"""Tasks that behave badly, run by `test_worker.py` in a child process."""

import ctypes
import errno
import os
import sys
import threading
import time

from seedance_ui.errors import MediaError


def echo(args, report):
    report(0.25)
    report(1.0)
    print("a library prints to standard output")  # noqa: T201
    os.write(1, b"and so does its C code\n")
    environment = dict(os.environ)
    return {"args": args, "environment": environment, "modules": sorted(sys.modules), "cwd": os.getcwd()}


def refuse(args, report):
    raise MediaError(f"{args['name']} is a GIF. Save it as PNG or JPEG.")


def eat_memory(args, report):
    return {"length": len(bytearray(4 * 1024**3))}


def spin(args, report):
    while True:
        pass


def crash(args, report):
    ctypes.string_at(0)


def raise_bug(args, report):
    raise KeyError("a fault of ours")


def fill_disk(args, report):
    raise OSError(errno.ENOSPC, "No space left on device")


def hang(args, report):
    report(os.getpid() / 2**32)
    with open(args["started"], "w") as file:
        file.write(str(os.getpid()))
    report(0.5)
    threading.Event().wait()


def sleep_past_wall_time(args, report):
    time.sleep(args["seconds"])
    return {}
