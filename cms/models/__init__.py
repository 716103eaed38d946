from cms.models.editorial import ReviewTask, UrgentPublication
from cms.models.freshness import FreshnessFlag, ProcedureUse
from cms.models.guides import GuidePage
from cms.models.pages import RESERVED_SLUGS, ContentPage, HomePage, PageIdentity, SectionPage, VideoPage, check_slug
from cms.models.search import SearchEntry, SearchSynonym

__all__ = [
    "RESERVED_SLUGS",
    "ContentPage",
    "FreshnessFlag",
    "GuidePage",
    "HomePage",
    "PageIdentity",
    "ProcedureUse",
    "ReviewTask",
    "SearchEntry",
    "SearchSynonym",
    "SectionPage",
    "UrgentPublication",
    "VideoPage",
    "check_slug",
]
