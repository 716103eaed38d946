"""What is kept here of a person, for schools.privacy."""

from cms.translating.models import LanguageRole
from schools.models import User
from schools.privacy import Part, nothing_to_forget


def _export(user: User) -> dict:
    roles = LanguageRole.objects.filter(user=user).select_related("language").order_by("language__tag", "kind")
    return {"languages": [{"language": role.language.tag, "role": role.kind} for role in roles]}


def _erase(user: User) -> int:
    """Who has no account any more works on no language; what they wrote belongs to the text."""
    return LanguageRole.objects.filter(user=user).delete()[0]


OWN = Part(_export, _erase, nothing_to_forget)
