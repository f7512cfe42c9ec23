"""The two streams a person sees: results on stdout, progress and complaints on stderr."""

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
