from cms.models.editorial import ReviewTask, UrgentPublication
from cms.models.freshness import FreshnessFlag, ProcedureUse
from cms.models.guides import GuidePage
from cms.models.handbooks import HandbookFile, HandbookPage, ShortAddress
from cms.models.pages import RESERVED_SLUGS, ContentPage, HomePage, PageIdentity, SectionPage, VideoPage, check_slug
from cms.models.search import SearchEntry, SearchSynonym, SearchText

__all__ = [
    "RESERVED_SLUGS",
    "ContentPage",
    "FreshnessFlag",
    "GuidePage",
    "HandbookFile",
    "HandbookPage",
    "HomePage",
    "PageIdentity",
    "ProcedureUse",
    "ReviewTask",
    "SearchEntry",
    "SearchSynonym",
    "SearchText",
    "SectionPage",
    "ShortAddress",
    "UrgentPublication",
    "VideoPage",
    "check_slug",
]
