from cms.models.campaigns import CampaignPage
from cms.models.editorial import ReviewTask, UrgentPublication
from cms.models.freshness import FreshnessFlag, ProcedureUse
from cms.models.guides import GuidePage
from cms.models.handbooks import HandbookFile, HandbookPage, ShortAddress
from cms.models.honours import Honour, HonourRollPage
from cms.models.materials import MaterialPage
from cms.models.news import NewsPage
from cms.models.pages import RESERVED_SLUGS, ContentPage, HomePage, PageIdentity, SectionPage, VideoPage, check_slug
from cms.models.search import SearchEntry, SearchState, SearchSynonym, SearchText
from cms.models.stories import GoodModelPage

__all__ = [
    "RESERVED_SLUGS",
    "CampaignPage",
    "ContentPage",
    "FreshnessFlag",
    "GoodModelPage",
    "GuidePage",
    "HandbookFile",
    "HandbookPage",
    "HomePage",
    "Honour",
    "HonourRollPage",
    "MaterialPage",
    "NewsPage",
    "PageIdentity",
    "ProcedureUse",
    "ReviewTask",
    "SearchEntry",
    "SearchState",
    "SearchSynonym",
    "SearchText",
    "SectionPage",
    "ShortAddress",
    "UrgentPublication",
    "VideoPage",
    "check_slug",
]
