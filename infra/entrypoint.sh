#!/bin/sh
# The image's entry: the command as it is given. The official chart's probes call it by this path.
exec "$@"
