"""Questions in other people's files. A format reads bytes into `Reading` and writes `Item`s; only `storing` knows the bank.

Each format is a module with `read(data, *, name) -> Reading` and, where we export it, `write(items, …) -> Written`;
`formats.FORMATS` lists them and `formats.detect` tells which one a file is.
"""
