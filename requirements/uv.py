"""Run the pinned uv with this machine's pip settings: which indexes to ask, whose certificates to trust.

    python3 requirements/uv.py pip sync requirements/run.txt

uv does not read pip's configuration. Where a machine reaches its packages through a mirror that only pip has been told
about, uv would ask the wrong place, so the settings are read with `pip config list` (files and PIP_* variables alike)
and handed over as uv's own environment variables; a variable that is already set for uv wins. The lock files name every
package by its hash, so where it comes from does not matter.

Needs nothing but the standard library and pip: it runs before anything is installed.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent / ".tools"

# pip's option → uv's variable and what separates several values there
# (https://pip.pypa.io/en/stable/topics/configuration/, https://docs.astral.sh/uv/reference/environment/)
TRANSLATION = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
# Later sections win, as in pip.
SECTIONS = ("global", "install", ":env:")


def pip_settings() -> dict[str, str]:
    """pip's own settings by option name, the strongest section's value each."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    strongest: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        name, _, quoted = line.partition("=")
        section, _, option = name.rpartition(".")
        if section not in SECTIONS or not quoted:
            continue
        rank = SECTIONS.index(section)
        if rank >= strongest.get(option, (-1, ""))[0]:
            strongest[option] = (rank, ast.literal_eval(quoted))
    return {option: value for option, (_, value) in strongest.items()}


def uv_environment() -> dict[str, str]:
    """This process's environment and, for uv, pip's settings."""
    environment = dict(os.environ)
    for option, value in pip_settings().items():
        if option in TRANSLATION:
            variable, separator = TRANSLATION[option]
            environment.setdefault(variable, separator.join(value.split()))
    # pip takes a package from any of its indexes; uv would stop at the first that knows its name.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    environment.setdefault("UV_PYTHON_DOWNLOADS", "never")
    if "UV_CACHE_DIR" not in environment and not can_write(cache_root(environment)):
        environment["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return environment


def cache_root(environment: dict[str, str]) -> Path:
    """The folder in which uv keeps its cache unless told otherwise."""
    if environment.get("XDG_CACHE_HOME"):
        return Path(environment["XDG_CACHE_HOME"])
    return Path(environment.get("HOME") or "/nonexistent") / ".cache"


def can_write(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, takes new files."""
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def main() -> None:
    uv = TOOLS / "bin" / "uv"
    os.execve(uv, [str(uv), *sys.argv[1:]], uv_environment())


if __name__ == "__main__":
    main()
