"""A Word file becomes the draft of a page: headings, paragraphs, lists, tables and pictures, and a list of what is left."""

from cms.operations.documents.drafts import Draft, draft_from_word, page_types_below, usual_page_type
from cms.operations.documents.word import MAX_BYTES, OLD_WORD, WordRefused

__all__ = ["MAX_BYTES", "OLD_WORD", "Draft", "WordRefused", "draft_from_word", "page_types_below", "usual_page_type"]
