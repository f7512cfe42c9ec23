"""dlt's part of `warehouse_load.py`, run by the Python that has it:

    warehouse_load_dlt.py duckdb|postgres PLACE TABLE KEY[,KEY] FILE…      each FILE is an Arrow table, loaded in turn

prints the seconds of each load as JSON. dlt's usual settings, but no telemetry; write_disposition merge on the key.
"""

import json
import os
import sys
import tempfile
import time

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt
import pyarrow as pa


def main() -> None:
    engine, place, table, key, *files = sys.argv[1:]
    destination = dlt.destinations.duckdb(place) if engine == "duckdb" else dlt.destinations.postgres(place)
    seconds = []
    with tempfile.TemporaryDirectory() as work:
        pipeline = dlt.pipeline("race", destination=destination, dataset_name="race", pipelines_dir=work)
        for file in files:
            with pa.OSFile(file) as source:
                rows = pa.ipc.open_file(source).read_all()
            if engine == "postgres":
                rows = _flat(rows)
            began = time.perf_counter()
            pipeline.run(rows, table_name=table, write_disposition="merge", primary_key=key.split(","))
            seconds.append(time.perf_counter() - began)
    sys.stdout.write(json.dumps(seconds) + "\n")


def _flat(rows: pa.Table) -> pa.Table:
    """Lists as JSON and bytes as PostgreSQL's hex, made before the clock starts: dlt's CSV for PostgreSQL refuses both."""
    for number, column in enumerate(rows.schema):
        if pa.types.is_list(column.type):
            text = [json.dumps(value) for value in rows.column(number).to_pylist()]
            rows = rows.set_column(number, column.name, pa.array(text, pa.string()))
        elif pa.types.is_binary(column.type):
            hexes = [value and b"\\x" + value.hex().encode() for value in rows.column(number).to_pylist()]
            rows = rows.set_column(number, column.name, pa.array(hexes, pa.binary()))
    return rows


if __name__ == "__main__":
    main()
