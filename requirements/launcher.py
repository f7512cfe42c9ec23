"""Put the checkout on the environment's path and write bin/kezek; run by the environment's own Python.

This is what an editable install does, without a build backend to download. Both files hold relative paths, so the
folder can be moved, and any path will do, one with spaces too.
"""

import os
import sys
import sysconfig
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
# The shell finds the Python beside the script; to Python, the line for the shell is a string.
LAUNCHER = """#!/bin/sh
'''exec' "$(dirname "$(readlink -f "$0")")/python" "$0" "$@"
' '''
import sys

from kezek.cli import main

sys.exit(main())
"""

site_packages = Path(sysconfig.get_path("purelib"))
(site_packages / "kezek.pth").write_text(os.path.relpath(REPOSITORY, site_packages) + "\n", encoding="utf-8")
launcher = Path(sys.prefix) / "bin" / "kezek"
launcher.write_text(LAUNCHER, encoding="utf-8")
launcher.chmod(0o755)
