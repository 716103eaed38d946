from cms.vocabulary.models.languages import ContentLanguage
from cms.vocabulary.models.procedures import PortalLink, Procedure
from cms.vocabulary.models.terms import Audience, Competence, Topic

__all__ = ["Audience", "Competence", "ContentLanguage", "PortalLink", "Procedure", "Topic"]
