"""What the schedule costs: a night of the demo web on the cluster, beside the same steps called by `kezek run`.

    make bench-overhead

Each round runs both on a new PostgreSQL warehouse and a new place in the bucket: the nightly DAG on two Celery workers
(tests/cluster), from its run's start to its end, and `kezek run` in one process, from its start to its end, imports and
models with it. First with no delay between requests (DELAY=0: nothing but work and schedule), then with the second that
kezek ships (DELAY=1). ROUNDS=3 of each. The rows of both are compared. Takes a quarter of an hour.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.cluster import check_same, held
from kezek.demo import LAST_NIGHT
from tests.cluster.cluster import Cluster
from tests.same_rows import Rows

DAY = LAST_NIGHT.isoformat()
ROUNDS = int(os.environ.get("ROUNDS", "3"))


def plain_run(cluster: Cluster, number: str) -> tuple[str, float]:
    """`kezek run` of the day into another database of the same server; gives its address and the seconds."""
    address = cluster.warehouse.create(f"plain_{number}")
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "aws").write_text(cluster.secrets["s3_credentials"], encoding="ascii")
        environment = {
            **os.environ,
            **cluster.shell(),
            "KEZEK_HOME": home,
            "KEZEK_WAREHOUSE": address,
            "KEZEK_ARCHIVE": f"s3://kezek/plain-{number}",
            "AWS_SHARED_CREDENTIALS_FILE": str(Path(home) / "aws"),
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        begun = time.monotonic()
        command = [Path(sys.executable).with_name("kezek"), "run", "--since", DAY, "--until", DAY]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        took = time.monotonic() - begun
    if done.returncode:
        raise SystemExit(f"kezek run: {done.stdout}{done.stderr}")
    return address, took


def unnamed(held_rows: Rows) -> Rows:
    """All but the summary, which says whether a night or a person's run it sums up; its numbers are of the other rows."""
    return {table: found for table, found in held_rows.items() if table != "night_summaries"}


def main() -> None:
    for delay in os.environ.get("DELAY", "0,1").split(","):
        with Cluster(workers=2, keep=os.environ.get("KEEP"), host_delay=delay) as cluster:
            pairs = []
            for number in range(1, ROUNDS + 1):
                cluster.new_warehouse()
                scheduled = cluster.backfill(DAY, DAY)
                address, plain = plain_run(cluster, str(number))
                check_same("kezek run", unnamed(held(address)), unnamed(held(cluster.writer())))
                ((tasks,),) = cluster.ask("SELECT count(*) FROM task_instance WHERE state = 'success'")
                load = os.getloadavg()[0]
                cluster.say(
                    f"{delay} s a request, round {number}: scheduled {scheduled:.1f} s ({tasks} tasks), "
                    f"kezek run {plain:.1f} s, {scheduled / plain:.2f} times; load {load:.1f}"
                )
                pairs.append((scheduled, plain))
            middle = statistics.median(scheduled / plain for scheduled, plain in pairs)
            cluster.say(f"{delay} s a request: the median of {ROUNDS} rounds is {middle:.2f} times")


if __name__ == "__main__":
    main()
