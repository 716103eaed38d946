"""Page trees, procedures, pictures and editors for tests."""

import io
import itertools
from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from wagtail.models import Locale, Page, Site

from cms.models import (
    CampaignPage,
    GoodModelPage,
    GuidePage,
    HandbookPage,
    HomePage,
    MaterialPage,
    NewsPage,
    SectionPage,
    VideoPage,
)
from cms.operations.editorial import prepare_editorial
from cms.vocabulary.hours import read_hours
from cms.vocabulary.models import Audience, HelpPoint, Procedure, Topic
from cms.vocabulary.operations import set_hours
from media.models import DocumentFile, Picture
from schools.models import User

_numbers = itertools.count(1)


def LocaleFactory(language: str = "vi") -> Locale:  # noqa: N802
    return Locale.objects.get_or_create(language_code=language)[0]


def HomePageFactory(language: str = "vi", **values) -> HomePage:  # noqa: N802
    """The home page of a language, at the site's root; made once, its translation for another language."""
    found = HomePage.objects.filter(locale__language_code=language).first()
    if found:
        return found
    locale = LocaleFactory(language)
    values = {"title": f"Trang đầu ({language})", "slug": f"home-{language}", "locale": locale} | values
    if language != "vi":
        values["translation_key"] = HomePageFactory("vi").translation_key
    home = published(Page.get_first_root_node(), HomePage(**values))
    if language == "vi":
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Học"}
        )
        Site.clear_site_root_paths_cache()
    return home


def published(parent: Page, page: Page) -> Page:
    """Add `page` below `parent` and publish it as an editor would: with a revision."""
    parent.refresh_from_db()
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def SectionPageFactory(parent: Page | None = None, **values) -> SectionPage:  # noqa: N802
    parent = parent or HomePageFactory()
    number = next(_numbers)
    values = {"title": f"Mục {number}", "slug": f"muc-{number}", "kind": "guides", "locale": parent.locale} | values
    return published(parent, SectionPage(**values))


def GuidePageFactory(parent: Page | None = None, **values) -> GuidePage:  # noqa: N802
    parent = parent or SectionPageFactory()
    number = next(_numbers)
    values = {
        "title": f"Hướng dẫn {number}",
        "slug": f"huong-dan-{number}",
        "summary": "Từng bước một.",
        "locale": parent.locale,
        "body": [("text", "<p>Bước đầu tiên là tìm đúng thủ tục.</p>")],
    } | values
    return published(parent, GuidePage(**values))


def VideoPageFactory(parent: Page | None = None, **values) -> VideoPage:  # noqa: N802
    parent = parent or SectionPageFactory(kind="videos")
    number = next(_numbers)
    values = {"title": f"Video {number}", "slug": f"video-{number}", "locale": parent.locale} | values
    return published(parent, VideoPage(**values))


def ProcedureFactory(code: str = "cap-ho-chieu", language: str = "vi", **values) -> Procedure:  # noqa: N802
    today = timezone.localdate()
    values = {
        "name": "Cấp hộ chiếu",
        "authority": "Công an tỉnh",
        "level": Procedure.Level.FULL,
        "who": "Công dân Việt Nam",
        "documents": ["Căn cước", "Ảnh chân dung"],
        "fee": "200.000 đồng",
        "time": "8 ngày làm việc",
        "portal_url": "https://dichvucong.gov.vn/",
        "checked_on": today - timedelta(days=10),
        "review_by": today + timedelta(days=180),
    } | values
    first = Procedure.objects.filter(code=code).first()
    if first:
        values.setdefault("translation_key", first.translation_key)
    return Procedure.objects.create(code=code, locale=LocaleFactory(language), **values)


def TopicFactory(slug: str = "cu-tru", language: str = "vi", name: str = "Cư trú", **values) -> Topic:  # noqa: N802
    return Topic.objects.create(slug=slug, locale=LocaleFactory(language), name=name, **values)


def AudienceFactory(slug: str = "nguoi-dan", language: str = "vi", name: str = "Người dân", **values):  # noqa: N802
    return Audience.objects.create(slug=slug, locale=LocaleFactory(language), name=name, **values)


def HelpPointFactory(unit, *, hours: str = "", languages=(), **values) -> HelpPoint:  # noqa: N802
    today = timezone.localdate()
    values = {
        "kind": "one_stop",
        "name": f"Nơi giúp {next(_numbers)}",
        "address": "Đường ven sông, xã Mẫu",
        "checked_on": today - timedelta(days=10),
        "review_by": today + timedelta(days=180),
    } | values
    point = HelpPoint.objects.create(unit=unit, **values)
    point.languages.set(languages)
    set_hours(point=point, stretches=read_hours(hours))
    return point


def picture_bytes(width: int = 800, height: int = 500, kind: str = "PNG", colour: str = "#0b6b74") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(stream, kind)
    return stream.getvalue()


def PictureFactory(width: int = 800, height: int = 500, **values) -> Picture:  # noqa: N802
    number = next(_numbers)
    file = ContentFile(picture_bytes(width, height), name=f"hinh-{number}.png")
    return Picture.objects.create(**({"title": f"Hình {number}", "file": file} | values))


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300">
<rect width="400" height="300" fill="#0b6b74"/></svg>"""


def VectorPictureFactory(**values) -> Picture:  # noqa: N802
    number = next(_numbers)
    file = ContentFile(SVG, name=f"hinh-{number}.svg")
    return Picture.objects.create(**({"title": f"Hình {number}", "file": file} | values))


def EditorFactory(group: str = "Editors", **values) -> User:  # noqa: N802
    """A member of Editors, Translators or Reviewers."""
    prepare_editorial()
    user = User.objects.create(**({"username": f"{group.lower()}-{next(_numbers)}"} | values))
    user.groups.add(Group.objects.get(name=group))
    return user


def day(text: str) -> date:
    return date.fromisoformat(text)


def CardValue(number: int = 1, **values) -> tuple[str, dict]:  # noqa: N802
    """A card of a handbook as its stream takes it."""
    value = {
        "title": f"Việc thứ {number}",
        "image": None,
        "alt": f"Bà cụ mở điện thoại, cháu ngồi bên, hình {number}.",
        "paragraphs": [
            {"text": "Bà mở máy, đọc chậm từng chữ trên màn hình.", "audio": None},
            {"text": "Không hiểu thì hỏi người nhà hoặc tổ công nghệ số.", "audio": None},
        ],
        "action": "Đọc to tên người gọi trước khi bấm nghe.",
        "procedure": "",
        "script": "Thưa bà con. Hôm nay chúng ta nói về chiếc điện thoại.\nXin cảm ơn bà con.",
        "recording": None,
        "voices": [],
    } | values
    return "card", value


def HandbookPageFactory(parent: Page | None = None, *, count: int = 2, **values) -> HandbookPage:  # noqa: N802
    """A published handbook of `count` cards, all with one picture; `cards` in `values` takes their place."""
    parent = parent or SectionPageFactory(kind="books")
    number = next(_numbers)
    if "cards" not in values:
        picture = VectorPictureFactory()
        values["cards"] = [("chapter", "Bắt đầu"), *(CardValue(n, image=picture) for n in range(1, count + 1))]
    values = {
        "title": f"Cẩm nang {number}",
        "slug": f"cam-nang-{number}",
        "summary": "Mỗi thẻ một việc.",
        "locale": parent.locale,
        "checked_on": date(2026, 11, 26),
        "review_by": date(2027, 5, 26),
    } | values
    return published(parent, HandbookPage(**values))


def CampaignPageFactory(parent: Page | None = None, **values) -> CampaignPage:  # noqa: N802
    """A published campaign that began three days ago and goes on for ten more."""
    parent = parent or SectionPageFactory(kind="other")
    number, today = next(_numbers), timezone.localdate()
    values = {
        "title": f"Chiến dịch {number}",
        "slug": f"chien-dich-{number}",
        "summary": "Mỗi nhà một người biết làm.",
        "starts_on": today - timedelta(days=3),
        "ends_on": today + timedelta(days=10),
        "locale": parent.locale,
    } | values
    return published(parent, CampaignPage(**values))


def GoodModelPageFactory(parent: Page | None = None, **values) -> GoodModelPage:  # noqa: N802
    parent = parent or SectionPageFactory(kind="other")
    number = next(_numbers)
    values = {
        "title": f"Mô hình {number}",
        "slug": f"mo-hinh-{number}",
        "summary": "Hai tối mỗi tuần.",
        "who": "Tổ công nghệ số khu phố 3",
        "locale": parent.locale,
    } | values
    return published(parent, GoodModelPage(**values))


def DocumentFactory(data: bytes = b"%PDF-1.7\n%%EOF", name: str = "ap-phich.pdf", **values) -> DocumentFile:  # noqa: N802
    values = {"title": "Áp phích", "author": "Học Dịch vụ công", "file_size": len(data)} | values
    return DocumentFile.objects.create(file=ContentFile(data, name=name), **values)


def MaterialPageFactory(parent: Page | None = None, *, document: DocumentFile | None = None, **values):  # noqa: N802
    """A published material; with `document` one that has a file to print on A3."""
    parent = parent or SectionPageFactory(kind="material")
    number = next(_numbers)
    if document is not None:
        paper = {"document": document, "title": "Áp phích để dán", "paper": "A3", "note": "in màu"}
        values.setdefault("files", [("file", paper)])
    values = {
        "title": f"Tài liệu {number}",
        "slug": f"tai-lieu-{number}",
        "locale": parent.locale,
        "body": [("text", "<p>Chuẩn bị thẻ căn cước, tìm đúng thủ tục, điền tờ khai, nộp và giữ mã hồ sơ.</p>")],
    } | values
    return published(parent, MaterialPage(**values))


def NewsPageFactory(parent: Page | None = None, **values) -> NewsPage:  # noqa: N802
    parent = parent or SectionPageFactory(kind="news")
    number = next(_numbers)
    values = {
        "title": f"Tin {number}",
        "slug": f"tin-{number}",
        "locale": parent.locale,
        "takes_effect_on": timezone.localdate() - timedelta(days=3),
        "before": "Phải nộp bản giấy.",
        "after": "Nộp trên mạng là đủ.",
    } | values
    return published(parent, NewsPage(**values))
