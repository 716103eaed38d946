"""People and files for the tests of media."""

import struct
import uuid

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission

from schools.models import User

# The first box of an MP4 file: enough for its type to be recognised.
MP4_HEAD = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp42") + b"\0" * 64


def UploaderFactory() -> User:  # noqa: N802
    """An account that may add pictures, documents and recordings to the root collection, as an editor may."""
    group, made = Group.objects.get_or_create(name="Uploaders (tests)")
    if made:
        root = Collection.get_first_root_node() or Collection.add_root(name="Root")
        for codename in ("add_picture", "add_documentfile", "add_recording"):
            permission = Permission.objects.get(codename=codename, content_type__app_label="media")
            GroupCollectionPermission.objects.create(group=group, collection=root, permission=permission)
    user = User.objects.create(username=f"uploader-{uuid.uuid4().hex[:12]}")
    user.groups.add(group)
    return user
