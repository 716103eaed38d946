"""Who may write, review and sign in which language."""

from cms.operations.editorial import EDITORS, REVIEWERS, TRANSLATORS
from cms.translating.models import LanguageRole
from cms.vocabulary.speaking import spoken


def _groups(user) -> frozenset[str]:
    found = getattr(user, "_editorial_groups", None)
    if found is None:
        names = user.groups.values_list("name", flat=True) if user.is_authenticated else ()
        user._editorial_groups = found = frozenset(names)
    return found


def is_editorial(user) -> bool:
    """Editors, translators and reviewers: they see a language before it is open."""
    return user.is_authenticated and (user.is_superuser or bool(_groups(user) & {EDITORS, TRANSLATORS, REVIEWERS}))


def is_only_translator(user) -> bool:
    """Whether the rights of `user` end at the languages they were given."""
    return not user.is_superuser and TRANSLATORS in _groups(user) and not _groups(user) & {EDITORS, REVIEWERS}


def tags_of(user, kind: str) -> frozenset[str]:
    """Tags of the languages in which `user` has the role `kind`."""
    kept = getattr(user, "_language_roles", None)
    if kept is None:
        rows = LanguageRole.objects.filter(user=user).values_list("kind", "language__tag")
        user._language_roles = kept = list(rows)
    return frozenset(tag for role, tag in kept if role == kind)


def may_translate(user, code: str) -> bool:
    """Whether `user` may write texts in the language `code`: editors in all, translators and native reviewers in theirs."""
    if user.is_superuser or EDITORS in _groups(user):
        return True
    found = spoken(code)
    tag = found.tag if found else code
    return tag in tags_of(user, LanguageRole.Kind.TRANSLATOR) | tags_of(user, LanguageRole.Kind.REVIEWER)


def may_review(user, code: str) -> bool:
    """Whether `user` may sign texts in the language `code` as a native speaker. No right of an office stands in for it."""
    found = spoken(code)
    return user.is_superuser or (found.tag if found else code) in tags_of(user, LanguageRole.Kind.REVIEWER)
