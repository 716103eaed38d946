"""Who may bring files in."""

from wagtail.permission_policies.collections import CollectionPermissionPolicy

from media.models import DocumentFile, Picture, Recording, Upload

_MODELS = {
    Upload.Purpose.IMAGE: Picture,
    Upload.Purpose.DOCUMENT: DocumentFile,
    Upload.Purpose.VIDEO: Recording,
    Upload.Purpose.AUDIO: Recording,
}


def may_upload(user, purpose: str) -> bool:
    """Editors add assets and H5P contents; the right is Wagtail's own, held through a group on a collection."""
    if purpose == Upload.Purpose.H5P:
        return user.is_authenticated and user.has_perm("h5p.add_content")
    if purpose == Upload.Purpose.WORK:
        # Begun by contests, for a slot of one's own work.
        return False
    return user.is_authenticated and CollectionPermissionPolicy(_MODELS[Upload.Purpose(purpose)]).user_has_permission(
        user, "add"
    )
