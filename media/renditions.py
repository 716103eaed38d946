"""Copies of a picture that readers get: nothing of the camera, the place or the person stays in them."""

from contextlib import contextmanager

from wagtail.images.models import Filter

_TELLING = ("exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment")


class _Bare:
    """An opened picture of which only the pixels and the colour profile go on."""

    def __init__(self, willow):
        self.willow = willow
        self.format_name = willow.format_name

    def auto_orient(self):
        # First turned as its EXIF says, then rid of it.
        turned = self.willow.auto_orient()
        info = getattr(turned.image, "info", {})
        for name in _TELLING:
            info.pop(name, None)
        return turned


class BareFilter(Filter):
    """Wagtail's filter, without the metadata that Willow would carry over from the original."""

    @contextmanager
    def get_willow_image(self, image, source=None):
        with super().get_willow_image(image, source) as willow:
            yield _Bare(willow)
