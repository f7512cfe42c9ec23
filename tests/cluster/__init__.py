"""The cluster of infra/compose.yaml by processes on one machine: its settings, its services, its restarts, no container.

`benchmarks/cluster.py` and `benchmarks/kill_cluster.py` are the proofs that run on it.
"""
