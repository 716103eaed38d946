from media.models.assets import DocumentFile, Picture, Recording, Rendition
from media.models.uploads import Upload

__all__ = ["DocumentFile", "Picture", "Recording", "Rendition", "Upload"]
