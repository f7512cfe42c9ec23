"""KEEP: rows in, views out.

The schema with its numbered migrations, the upserts, the views and the analysts' queries live here.
It is the only code that speaks SQL.
"""
