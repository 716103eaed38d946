"""The arithmetic of a jury: who scores what, how scores become a result, how far jurors agree. Nothing here reads a
database or a clock.
"""
