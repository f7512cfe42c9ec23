"""What `make test` does for its browser: nothing where there is one, else an installation, or one sentence and status 2."""

import subprocess
from pathlib import Path

from tests.conftest import REPOSITORY

SCRIPT = REPOSITORY / "requirements" / "browser.sh"


def command(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def run(folder: Path) -> tuple[int, str]:
    """Exit status and stderr of the script on a machine that has the commands in `folder`, and no others."""
    done = subprocess.run(
        ["/bin/sh", str(SCRIPT)], env={"PATH": str(folder)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_a_browser_that_is_there_is_enough(tmp_path: Path) -> None:
    for name in ("chromium", "chromedriver"):
        command(tmp_path, name, "exit 0")
    assert run(tmp_path) == (0, "")


def test_without_leave_to_install_it_names_the_packages(tmp_path: Path) -> None:
    command(tmp_path, "chromium", "exit 0")
    command(tmp_path, "id", "echo 1000")
    status, said = run(tmp_path)
    assert (status, said.count("\n")) == (2, 1)
    assert "only root can install one: install the packages chromium and chromium-driver." in said
    command(tmp_path, "id", "echo 0")
    assert run(tmp_path)[0] == 2
    command(tmp_path, "apt-get", '[ "$1" = update ]')
    status, said = run(tmp_path)
    assert (status, "apt-get can't install one" in said) == (2, True)


def test_root_installs_it(tmp_path: Path) -> None:
    command(tmp_path, "id", "echo 0")
    for name in ("ln", "cat"):
        (tmp_path / name).symlink_to(f"/bin/{name}")
    command(
        tmp_path,
        "apt-get",
        f'[ "$1" = update ] && exit 1\n[ "$*" = "install -y -qq --no-install-recommends chromium chromium-driver" ] || exit 1\n'
        f"ln -s /bin/true {tmp_path}/chromium; ln -s /bin/true {tmp_path}/chromedriver",
    )
    status, said = run(tmp_path)
    assert (status, "Installing chromium and chromium-driver" in said) == (0, True)
