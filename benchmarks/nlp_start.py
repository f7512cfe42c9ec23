"""One process that imports nlp and loads the pipelines of the languages named, for `nlp_speed.py`.

.venv/bin/python benchmarks/nlp_start.py [LANG …]

Prints JSON: `cpu_seconds`, the process's own since it began, and `peak_mb`, its peak resident memory.
"""

from __future__ import annotations

import json
import sys
import time

import nlp.annotate  # noqa: F401
from nlp.pipeline import load

for lang in sys.argv[1:]:
    load(lang)
cpu = time.process_time()

from race import peak_mb  # noqa: E402  it is not what is measured

sys.stdout.write(json.dumps({"cpu_seconds": cpu, "peak_mb": peak_mb()}) + "\n")
