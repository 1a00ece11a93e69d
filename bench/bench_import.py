"""How long a start takes before the first line of ours runs: the import of Gradio, and what the app adds to it.

Each number is the fastest of several fresh interpreters, in seconds: the least disturbed by the rest of the machine.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time

ROUNDS = 5


def seconds_of(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def fastest(code: str) -> float:
    return min(seconds_of(code) for _ in range(ROUNDS))


def main() -> None:
    nothing, gradio, app = fastest("pass"), fastest("import gradio"), fastest("import app")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'import gradio':24} {gradio - nothing:6.2f} s")
    print(f"{'import app':24} {app - nothing:6.2f} s")
    print(f"{'what the app adds':24} {app - gradio:6.2f} s")


if __name__ == "__main__":
    main()
