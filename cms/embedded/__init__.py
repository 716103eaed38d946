"""The helper servers the demo, the tests and the bench start by themselves: object store, cache and broker, PostgreSQL.

Nothing here imports Django: the addresses must be known before its settings are read.
"""
