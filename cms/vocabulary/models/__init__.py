from cms.vocabulary.models.languages import ContentLanguage
from cms.vocabulary.models.places import HelpPoint, OpeningHours
from cms.vocabulary.models.procedures import PortalLink, Procedure
from cms.vocabulary.models.starter import Started, content_hash
from cms.vocabulary.models.terms import Audience, Competence, Topic

__all__ = [
    "Audience",
    "Competence",
    "ContentLanguage",
    "HelpPoint",
    "OpeningHours",
    "PortalLink",
    "Procedure",
    "Started",
    "Topic",
    "content_hash",
]
