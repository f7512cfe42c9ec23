"""RUN: what surrounds kezek where it runs.

The demo web that `make run` reads, and the service definitions.
"""
