"""A repository with something of everything in it, and a harvester that asks it."""

from sickle import Sickle
from sickle.response import OAIResponse

from tests.factories.cms import AudienceFactory, GuidePageFactory, HomePageFactory, SectionPageFactory, TopicFactory


class ClientSickle(Sickle):
    """Sickle, asking Django's test client in place of the network."""

    def __init__(self, client):
        super().__init__("http://testserver/oai")
        self.client = client

    def harvest(self, **kwargs):
        answer = self.client.get("/oai", kwargs)
        assert answer.status_code == 200
        answer.text = answer.content.decode()
        answer.raise_for_status = lambda: None
        return OAIResponse(answer, kwargs)


def small_library() -> dict:
    """Two guides in Vietnamese, one of them in English too; one has steps, questions, a topic and an audience."""
    section = SectionPageFactory(title="Hướng dẫn", slug="huong-dan")
    topic, audience = TopicFactory(), AudienceFactory()
    full = GuidePageFactory(
        section,
        title="Đăng ký tạm trú & <khai báo>",
        slug="tam-tru",
        summary="Từng bước, trên điện thoại.",
        minutes=6,
        topics=[topic],
        audiences=[audience],
        body=[
            ("steps", {"title": "", "steps": [{"title": "Đăng nhập", "text": "<p>Mở <b>VNeID</b>.</p>"}]}),
            (
                "text",
                "<h2>Mất bao lâu?</h2><p>Ba ngày làm việc.</p><h2>Có mất tiền không?</h2><p>Không.</p>",
            ),
        ],
        sources=[("source", {"title": "Cổng dịch vụ công", "url": "https://dichvucong.gov.vn/", "seen_on": None})],
    )
    plain = GuidePageFactory(section, title="Khai sinh", slug="khai-sinh")
    english_section = SectionPageFactory(
        HomePageFactory("en"), title="Guides", slug="guides", translation_key=section.translation_key
    )
    english = GuidePageFactory(
        english_section, title="Temporary residence", slug="residence", translation_key=full.translation_key
    )
    return {"section": section, "full": full, "plain": plain, "english": english, "topic": topic, "audience": audience}
