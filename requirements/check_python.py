"""Say in one sentence what the machine's Python lacks, before anything is installed; runs on Python 3.6 and newer."""

import importlib.util
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"kezek needs Python 3.11, 3.12 or 3.13 and {sys.executable} is {found}: try make PYTHON=python3.11 …")
if importlib.util.find_spec("pip") is None:
    sys.exit(f"kezek needs pip to set itself up and {sys.executable} has none: on Debian, apt-get install python3-pip.")
