"""The version that kezek names itself by, in its User-Agent and in the archive."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def kezek_version() -> str:
    """The installed version, or `dev` where it runs from a checkout that is not installed."""
    try:
        return version("kezek")
    except PackageNotFoundError:
        return "dev"
