"""Languages in the demo: who works on which, the interface's strings as rows, terms that wait for an agreed word.

Nothing is translated here: slots say «cần người dịch».
"""

from django.db import transaction

from cms.translating.models import GlossaryTerm, InterfaceString, LanguageRole
from cms.translating.operations.interface import take_strings
from cms.vocabulary.models import ContentLanguage
from schools.models import User

PREPARED = ("km", "zh-Hant")
TERMS = {
    "dịch vụ công trực tuyến": "Việc làm với cơ quan nhà nước qua mạng; không dịch là “dịch vụ của công ty”.",
    "thủ tục hành chính": "Một việc có tên, mã số và giấy tờ riêng.",
    "định danh điện tử": "Tài khoản chứng minh mình là ai; không phải thẻ căn cước.",
    "tạm trú": "Ở một nơi có thời hạn; khác với thường trú.",
    "phản ánh, kiến nghị": "Nói điều chưa đúng, hoặc đề nghị; không phải khiếu nại.",
}


@transaction.atomic
def load_demo_languages() -> int:
    """Give the demo's translator and reviewer their languages and take in the strings. May be repeated. Returns new rows."""
    new = 0
    languages = {row.tag: row for row in ContentLanguage.objects.filter(tag__in=["en", *PREPARED])}
    for kind, tags in (("translator", ["en", "km"]), ("reviewer", ["en"])):
        for user in User.objects.filter(is_demo=True, roles__kind=kind).distinct():
            for tag in tags:
                if tag in languages:
                    _row, made = LanguageRole.objects.get_or_create(user=user, language=languages[tag], kind=kind)
                    new += made
    for tag in PREPARED:
        if tag not in languages:
            continue
        if not InterfaceString.objects.filter(language=languages[tag]).exists():
            new += take_strings(language=languages[tag])["created"]
        for term, note in TERMS.items():
            _term, made = GlossaryTerm.objects.get_or_create(
                language=languages[tag], term=term, defaults={"note": note}
            )
            new += made
    return new
