"""The letters to parents that a class's teacher can take."""

from schools.letters import LETTERS, Letter


def letters() -> list[Letter]:
    return list(LETTERS.values())
