"""How much may come from one address. A whole school stands behind one: these are for scripts, not for classes."""

from schools.limits import Limit

# Fifty questions a second and more: only a flood is refused.
ASKED = Limit("assistant-asked", 6000, 60, is_plain=True)
JUDGED = Limit("assistant-judged", 300, 10 * 60, is_plain=True)
WRITTEN = Limit("desk-written", 60, 60 * 60, is_plain=True)
# Ten guesses a minute against codes of which there are 32 to the power of 10.
FOLLOWED = Limit("desk-followed", 100, 10 * 60, is_plain=True)
# Behind one address a whole school answers in one period; a phone that is handed on answers for some people.
SURVEYED = Limit("survey-answered", 6000, 60, is_plain=True)
SURVEYED_ON_ONE = Limit("survey-device", 60, 10 * 60, is_plain=True)
