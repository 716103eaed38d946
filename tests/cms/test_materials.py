"""Materials to hand out and news of what has changed: their rules, what readers and programs are told, their packs."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import Locale

from cms.models import GuidePage, MaterialPage, NewsPage, SectionPage
from cms.sharing.models import Agency, MaterialUse, SharedMaterial, SharedPack
from cms.sharing.packs.making import make_pack
from cms.sharing.packs.words import plain_html, plain_text
from media import storage
from media.models import DocumentFile

pytestmark = pytest.mark.django_db


def test_starter(starter_site):
    print(starter_site)
    for page in MaterialPage.objects.all():
        print(page.title, page.papers)
