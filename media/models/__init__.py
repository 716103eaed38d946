from media.models.assets import DocumentFile, Picture, Recording, Rendition
from media.models.conversions import Conversion
from media.models.uploads import Upload

__all__ = ["Conversion", "DocumentFile", "Picture", "Recording", "Rendition", "Upload"]
