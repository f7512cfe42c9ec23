"""JOIN: settings, the steps that join the three rooms, the command line and the report.

The DAGs and the command line call the same step functions, so a nightly run, a backfill and a laptop run cannot drift
apart.
"""
