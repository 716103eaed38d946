"""From an uploaded file to something that can be played: checked whole, then written, then made known in one transaction."""

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from django_h5p import storing
from django_h5p.models import Content, ContentVersion, Library, Package, PinnedLibrary
from django_h5p.problems import LibraryMissing
from django_h5p.reading import LibraryDefinition, Line, PackageContents, read_package
from django_h5p.reading.archive import PIECE
from django_h5p.reading.contents import CONTENT, Tell, hash_of

INSTALL = "h5p.install_library"
TRIES = 3


@dataclass
class ImportReport:
    """What an import did. `created` is False when the very same content was there already."""

    content: Content
    version: ContentVersion
    created: bool
    libraries_added: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    objects_written: int = 0


class _Lost(Exception):
    """Another import or a deletion was faster: what was planned no longer fits what is stored."""


def _nothing(done: int, total: int, what: str) -> None:
    pass


def import_package(
    *,
    file: BinaryIO,
    file_name: str,
    user=None,
    content: Content | None = None,
    may_install: bool | None = None,
    tell: Tell = _nothing,
) -> ImportReport:
    """Take in a package: check it, store its libraries once and its content by hash, and make it playable.

    `file` is seekable. `content` gets a new version (attempts keep theirs); without it a new content is made, unless the
    same content is known, which then is the answer. `may_install` says whether libraries that are not installed may be;
    by default whether `user` has the permission `h5p.install_library`. `tell(done, total, what)` hears of progress.

    Idempotent by the content's hash, safe to run twice at once. Raises PackageRefused or LibraryMissing, with nothing
    written anywhere.
    """
    if may_install is None:
        may_install = user is not None and user.has_perm(INSTALL)
    found = read_package(file, tell=tell)
    for _try in range(TRIES - 1):
        try:
            return _import(found, file, file_name, user, content, may_install, tell)
        except (_Lost, IntegrityError):
            continue
    return _import(found, file, file_name, user, content, may_install, tell)


@dataclass
class _Plan:
    """Which stored library each wanted line is played with, and which are to be stored first."""

    installed: dict[Line, Library] = field(default_factory=dict)
    new: dict[Line, LibraryDefinition] = field(default_factory=dict)
    hashes: dict[Line, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    order: list[Line] = field(default_factory=list)

    def hash_of(self, line: Line) -> str:
        return self.hashes[line] if line in self.new else self.installed[line].sha256


def _plan(found: PackageContents, may_install: bool) -> _Plan:
    """Choose a library for every line that is needed, dependencies first.

    A package plays with the very libraries it brought. Without the right to install new ones it plays with the newest
    installed of the same line, if that is no older. Raises LibraryMissing with all that lack.
    """
    plan = _Plan()
    missing: list[str] = []
    refused: list[str] = []
    # An explicit stack, because the depth is the package's choice; a cycle is cut where it closes.
    seen: set[Line] = set()
    stack: list[tuple[Line, bool]] = [(line, False) for line in reversed(found.wanted)]
    while stack:
        line, is_leaving = stack.pop()
        if is_leaving:
            plan.order.append(line)
            continue
        if line in seen:
            continue
        seen.add(line)
        needs = _choose(plan, found, line, may_install, missing, refused)
        stack.append((line, True))
        stack += [(need, False) for need in reversed(needs) if need not in seen]
    if missing:
        raise LibraryMissing(
            _(
                "These libraries are needed and neither in the package nor installed: %(names)s. Upload a package that has them."
            )
            % {"names": ", ".join(sorted(missing))},
            libraries=sorted(missing),
        )
    if refused:
        raise LibraryMissing(
            _(
                "This package brings libraries that are not installed here: %(names)s. Ask an administrator to upload it once."
            )
            % {"names": ", ".join(sorted(refused))},
            code="may_not_install",
            libraries=sorted(refused),
        )
    main = plan.installed.get(found.main)
    if main is not None and not main.runnable:
        raise LibraryMissing(
            _("The main library %(library)s cannot be played by itself.") % {"library": found.main}, code="not_runnable"
        )
    return plan


def _choose(plan: _Plan, found: PackageContents, line: Line, may_install: bool, missing, refused) -> list[Line]:
    """Settle one line in the plan; returns what it depends on."""
    own = found.libraries.get(line)
    stored = list(Library.objects.of_line(line.name, line.major, line.minor))
    if own is None:
        if not stored:
            missing.append(str(line))
            return []
        plan.installed[line] = stored[0]
        return _needs(stored[0])
    sha256 = hash_of(found.library_files(own), str(own))
    same = next((library for library in stored if library.sha256 == sha256), None)
    if same is not None:
        plan.installed[line] = same
    elif may_install:
        plan.new[line], plan.hashes[line] = own, sha256
        return own.preloaded
    elif stored and stored[0].patch >= own.patch:
        plan.installed[line] = stored[0]
        plan.warnings.append(
            _("%(own)s is played with the installed %(installed)s.") % {"own": own, "installed": stored[0]}
        )
    else:
        refused.append(str(own))
        return []
    return _needs(plan.installed[line])


def _needs(library: Library) -> list[Line]:
    entries = library.definition.get("preloadedDependencies") or []
    return [Line(e["machineName"], int(e["majorVersion"]), int(e["minorVersion"])) for e in entries]


def _import(found, file, file_name, user, content, may_install, tell) -> ImportReport:
    plan = _plan(found, may_install)
    pins = [(str(line), plan.hash_of(line)) for line in plan.order]
    sha256 = hash_of({path: found.files[path] for path in found.content_paths}, found.files["h5p.json"][1], pins)
    known = ContentVersion.objects.filter(sha256=sha256).select_related("content").first()
    if known is not None and content in (None, known.content):
        return _already(known, plan)
    if known is not None:
        # The same questions once more under another content: the hash says whose they are.
        sha256 = hash_of({path: found.files[path] for path in found.content_paths}, sha256, str(content.uuid))
        if again := ContentVersion.objects.filter(sha256=sha256, content=content).first():
            return _already(again, plan)
    writing = _Writing(found, plan, sha256, file, file_name, tell)
    try:
        writing.write()
        with transaction.atomic():
            return writing.make_known(user, content)
    except BaseException:
        writing.take_back()
        raise


def _already(version: ContentVersion, plan: _Plan) -> ImportReport:
    content = version.content
    if content.current_version_id != version.pk:
        # An earlier version uploaded again is the present one again.
        content.current_version = version
        content.save(update_fields=["current_version", "updated_at"])
    return ImportReport(content=content, version=version, created=False, warnings=plan.warnings)


class _Writing:
    """One writing of files under names of its own, and the rows that make them known."""

    def __init__(self, found: PackageContents, plan: _Plan, sha256: str, file: BinaryIO, file_name: str, tell: Tell):
        self.found, self.plan, self.sha256, self.file, self.tell = found, plan, sha256, file, tell
        self.file_name = PurePosixPath(file_name.replace("\\", "/")).name[:255] or "package.h5p"
        self.prefix = storing.new_prefix(sha256)
        self.prefixes = {line: storing.new_prefix(plan.hashes[line]) for line in plan.new}
        self.package_sha256 = ""
        self.package_name = ""
        self.names: dict[str, str] = {}

    def write(self) -> None:
        """Write the new libraries, the content's files and the package as it came."""
        for line, library in self.plan.new.items():
            for path in library.paths:
                inside = path[len(library.folder) + 1 :]
                self.names[path] = f"libs/{self.prefixes[line]}/{line.directory}/{inside}"
        for path in self.found.content_files():
            self.names[CONTENT + path] = f"content/{self.prefix}/{path}"
        total, done = len(self.names) + 1, 0

        def wrote() -> None:
            nonlocal done
            done += 1
            self.tell(done, total, _("Storing the files"))

        storing.write_files(self.found.archive, self.names, wrote=wrote)
        self.package_sha256 = _sha256(self.file)
        if not Package.objects.filter(sha256=self.package_sha256).exists():
            name = f"h5p-packages/{storing.new_prefix(self.package_sha256)}.h5p"
            self.file.seek(0)
            storing.write_exactly(storing.package_storage(), name, self.file)
            self.package_name = name
        wrote()

    def make_known(self, user, content: Content | None) -> ImportReport:
        """The rows, in the caller's transaction. Raises _Lost or IntegrityError when somebody was faster."""
        chosen = self._libraries(user)
        package = Package.objects.filter(sha256=self.package_sha256).first()
        if package is None:
            if not self.package_name:
                raise _Lost
            package = Package.objects.create(
                sha256=self.package_sha256,
                name=self.package_name,
                file_name=self.file_name,
                size=self.found.archive.size,
                uploaded_by=user,
            )
        title = self.found.metadata["title"].strip()[:255]
        language = self.found.metadata.get("language") or ""
        if content is None:
            content = Content.objects.create(
                title=title, language="" if language == "und" else language, created_by=user
            )
        else:
            content = Content.objects.select_for_update().get(pk=content.pk)
            content.title = title
        files = self.found.content_files()
        version = ContentVersion.objects.create(
            content=content,
            number=content.versions.count() + 1,
            package=package,
            sha256=self.sha256,
            prefix=self.prefix,
            files=files,
            size=sum(size for size, _digest in files.values())
            + sum(_play_size(library) for library in chosen.values()),
            params=self.found.params,
            metadata=self.found.metadata,
            main_library=chosen[self.found.main],
        )
        PinnedLibrary.objects.bulk_create(
            PinnedLibrary(version=version, library=chosen[line], position=position)
            for position, line in enumerate(self.plan.order)
        )
        content.current_version = version
        content.save(update_fields=["title", "current_version", "updated_at"])
        return ImportReport(
            content=content,
            version=version,
            created=True,
            libraries_added=[str(self.plan.new[line]) for line in self.plan.order if line in self.plan.new],
            warnings=self.plan.warnings,
            objects_written=len(self.names),
        )

    def _libraries(self, user) -> dict[Line, Library]:
        ids = [library.pk for library in self.plan.installed.values()]
        # Locked, so that a deletion waits for the pins, or has already happened and is seen.
        stored = {library.pk: library for library in Library.objects.select_for_update().filter(pk__in=ids)}
        if len(stored) != len(set(ids)):
            raise _Lost
        chosen = {line: stored[library.pk] for line, library in self.plan.installed.items()}
        for line, library in self.plan.new.items():
            files = self.found.library_files(library)
            chosen[line] = Library.objects.create(
                machine_name=line.name,
                major=line.major,
                minor=line.minor,
                patch=library.patch,
                title=library.title,
                runnable=library.runnable,
                definition=library.json,
                sha256=self.plan.hashes[line],
                prefix=self.prefixes[line],
                files=files,
                size=sum(size for size, _digest in files.values()),
                trusted_by=user,
            )
        return chosen

    def take_back(self) -> None:
        """Delete what this writing wrote; its names are nobody else's."""
        storing.delete_files(self.names.values())
        if self.package_name:
            storing.package_storage().delete(self.package_name)


def _play_size(library: Library) -> int:
    """Bytes of the scripts and styles a first visitor loads."""
    paths = library.paths("preloadedJs") + library.paths("preloadedCss")
    return sum(library.files[path][0] for path in paths if path in library.files)


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
