"""Pages, blocks and pictures of the starter content: what guides here and lessons in `courses` are loaded with."""

from cms.operations.starter.blocks import read_blocks
from cms.operations.starter.cards import Cards, read_cards
from cms.operations.starter.pages import sync_page
from cms.operations.starter.pictures import PictureFile, find_picture, store_picture, store_recording

__all__ = [
    "Cards",
    "PictureFile",
    "find_picture",
    "read_blocks",
    "read_cards",
    "store_picture",
    "store_recording",
    "sync_page",
]
