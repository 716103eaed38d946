"""`make bench`: what a request costs the server, as CPU time and as a multiple of a trivial view measured in the same minute.

The method is in docs/performance.md. Every answer is checked for its content; a wrong one counts as an error, not as fast.
"""
