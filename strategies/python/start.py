"""Starts a program that is passed in the arguments, so that no file has to be written:

    python3 -c START "aiohttp uvloop" sweetspot "…its source…" program "…its source…"

The first argument names the libraries that the program needs. Then come modules, each a name and its source. The last is the
program.
"""

import importlib.util
import json
import os
import sys
import types

SYSTEM = "/usr/bin/python3"  # has the packages that apt installs; the python3 that is first in PATH may be another


def start(libraries, *modules):
    missing = [name for name in libraries.split() if importlib.util.find_spec(name) is None]
    if missing and sys.platform == "linux" and sys.executable != SYSTEM and os.path.exists(SYSTEM):
        os.execv(SYSTEM, [SYSTEM, *sys.orig_argv[1:]])
    if sys.version_info < (3, 11):
        refuse(f"Python 3.{sys.version_info.minor}: want 3.11 or newer")
    if missing:
        packages = " ".join("python3-" + name for name in missing)
        named = " and ".join(f"'{name}'" for name in missing)
        refuse(f"no module named {named}: apt install {packages}, or pip install {' '.join(missing)}")
    *imported, program = zip(modules[::2], modules[1::2])
    for name, source in imported:
        load(name, name, source)
    load("__main__", *program)


def load(name, file, source):
    """Runs the source as the module of that name. Tracebacks name the file."""
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, file + ".py", "exec"), module.__dict__)


def refuse(reason):
    print(json.dumps({"error": reason}), flush=True)
    sys.exit(0)


start(*sys.argv[1:])
