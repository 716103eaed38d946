from cms.models.guides import GuidePage
from cms.models.pages import RESERVED_SLUGS, ContentPage, HomePage, SectionPage, VideoPage

__all__ = ["RESERVED_SLUGS", "ContentPage", "GuidePage", "HomePage", "SectionPage", "VideoPage"]
