"""Deleting what nobody needs. Learner records are never deleted here."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from django_h5p import storing
from django_h5p.models import Content, ContentVersion, Library, Package
from django_h5p.problems import InUse


def delete_unused_libraries(*, ids: list[int] | None = None) -> list[str]:
    """Delete the libraries that no content plays with, or those of `ids` among them; returns what was deleted.

    A library that an import pins in the same moment stays.
    """
    unused = Library.objects.unused()
    if ids is not None:
        unused = unused.filter(pk__in=ids)
    deleted = []
    for library in unused:
        try:
            with transaction.atomic():
                locked = Library.objects.select_for_update(of=("self",)).unused().filter(pk=library.pk).first()
                if locked is None:
                    continue
                locked.delete()
        except ProtectedError:
            continue
        storing.delete_files(f"libs/{library.directory}/{path}" for path in library.files)
        deleted.append(str(library))
    return deleted


@transaction.atomic
def delete_content(*, content: Content) -> None:
    """Delete a content nobody has played, with its versions and files. Raises InUse when there are attempts.

    Whether pages show it is for the caller to ask: this app knows no pages.
    """
    content = Content.objects.select_for_update().get(pk=content.pk)
    if content.attempts.exists():
        raise InUse(_("“%(title)s” has been played; its results are kept, so it is kept too.") % {"title": content})
    versions = list(content.versions.select_related("package"))
    content.current_version = None
    content.save(update_fields=["current_version"])
    content.delete()
    names = [f"content/{version.prefix}/{path}" for version in versions for path in version.files]
    packages = {version.package for version in versions}
    gone = [p for p in packages if not ContentVersion.objects.filter(package=p).exists()]
    Package.objects.filter(pk__in=[package.pk for package in gone]).delete()

    def delete_files() -> None:
        storing.delete_files(names)
        for package in gone:
            storing.package_storage().delete(package.name)

    transaction.on_commit(delete_files)
