"""A survey as people take it: without an account, without a script, on any phone."""

import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from cms.vocabulary.speaking import registry
from schools import limits
from schools.codes import tidy_code
from schools.models import Unit
from support.limits import SURVEYED, SURVEYED_ON_ONE
from support.models import Survey, SurveyAnswer, SurveyVersion, SurveyWords
from support.operations.survey_answers import answer_of, keep_answer
from support.queries import surveys as queries
from support.queries.opinions import told_after
from support.queries.survey_figures import BREAKDOWNS, figures, waves
from support.queries.surveys import Sheet
from support.surveys.document import CHOICES, MULTIPLE, SCALE, WORDS, Question
from support.surveys.problems import AnswersRefused, NoSuchSurvey

# The number this browser keeps: drawn at random, signed, and told to nobody but the surveys here.
DEVICE, DEVICE_SECONDS = "khao_sat", 180 * 24 * 3600
LEAD = "q-"


def device_number(request: HttpRequest) -> str:
    """The number of this browser; empty where it keeps none."""
    return request.get_signed_cookie(DEVICE, default="", max_age=DEVICE_SECONDS)


def give_number(response: HttpResponse, number: str) -> HttpResponse:
    response.set_signed_cookie(
        DEVICE,
        number,
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def limits_of(request: HttpRequest) -> list[tuple[limits.Limit, str]]:
    found = [(SURVEYED, limits.client_address(request))]
    number = device_number(request)
    return [*found, (SURVEYED_ON_ONE, number)] if number else found


def _found(slug: str) -> tuple[Survey, SurveyVersion]:
    found = queries.taken(slug)
    if found is None:
        raise NoSuchSurvey
    return found


def _language(request: HttpRequest) -> str:
    return (request.GET.get("language") or request.POST.get("language") or get_language() or "vi")[:20].lower()


def _about(request: HttpRequest, survey: Survey) -> str:
    """What is rated: the key of a lesson, for a rating of lessons; nothing otherwise."""
    if survey.purpose != Survey.Purpose.LESSON:
        return ""
    try:
        return str(UUID(request.GET.get("about") or request.POST.get("about") or ""))
    except ValueError:
        return ""


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """What anybody may answer now, and what was found before."""
    found = queries.open_to_all(get_language() or "vi")
    shown = {
        "taking": [one for one in found if one["survey"].results_public_at is None],
        "told": [one for one in found if one["survey"].results_public_at is not None],
    }
    return render(request, "support/surveys/list.html", shown)


@require_safe
@never_cache
def short(request: HttpRequest, code: str) -> HttpResponse:
    """The address on posters and in QR codes."""
    survey = Survey.objects.exclude(state=Survey.State.DRAFT).filter(code=tidy_code(code)[:8]).first()
    if survey is None:
        raise Http404
    with override(get_language() or settings.LANGUAGE_CODE):
        return redirect("support:survey", survey.slug)


@require_safe
@never_cache
def rate(request: HttpRequest, key: UUID) -> HttpResponse:
    """From the end of a lesson to its rating; `r` is what was pressed there."""
    survey = Survey.objects.taking().filter(purpose=Survey.Purpose.LESSON).order_by("-made_at").first()
    if survey is None:
        raise NoSuchSurvey(_("Lessons are not rated just now."))
    asked = {"about": str(key), "r": request.GET.get("r", "")[:2]}
    return redirect(f"{reverse('support:survey', args=[survey.slug])}?{urlencode(asked)}")


def field_of(one: Question, language: str, value: Any = None, error: str = "") -> dict[str, Any]:
    """A question as the template draws it."""
    held = {str(each) for each in value} if isinstance(value, list) else {str(value)} if value is not None else set()
    options = (
        [{"value": str(step), "label": str(step), "held": str(step) in held} for step in one.steps]
        if one.kind == SCALE
        else [{"value": each.key, "label": each.text(language), "held": each.key in held} for each in one.options]
    )
    return {
        "key": one.key,
        "name": f"{LEAD}{one.key}",
        "kind": one.kind,
        "required": one.required,
        "text": one.text(language),
        "help": one.text(language, "help"),
        "low": one.text(language, "low"),
        "high": one.text(language, "high"),
        "options": options,
        "value": value if one.kind in WORDS else "",
        "is_choice": one.kind in CHOICES,
        "multiple": one.kind == MULTIPLE,
        "when": one.when,
        "when_values": " ".join(one.when.values) if one.when else "",
        "error": error,
    }


def drawn(sheet: Sheet, given: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """What the form needs, for taking it and for the preview."""
    names = queries.language_names()
    spoken = registry().get(sheet.language)
    fields = [field_of(one, sheet.language, given.get(one.key), errors.get(one.key, "")) for one in sheet.questions]
    leads = {one.key: one for one in sheet.questions}
    for field, one in zip(fields, sheet.questions, strict=True):
        # Without a script nothing hides: it is said of whom a question is asked.
        lead = leads.get(one.when.question) if one.when else None
        if lead is not None and one.when is not None:
            labels = [lead.label_of(value, sheet.language) for value in one.when.values]
            field["only_when"] = {"lead": lead.text(sheet.language), "values": " / ".join(labels)}
    return {
        "sheet": sheet,
        "words": sheet.words,
        "shown_in": names.get(sheet.language, sheet.language),
        "tag": spoken.tag if spoken else sheet.language,
        "fields": fields,
        "errors": errors,
        "languages": [
            {"tag": tag, "name": names.get(tag, tag), "current": tag == sheet.language} for tag in sheet.languages
        ],
        "wanted": names.get(sheet.wanted, sheet.wanted),
    }


def _given(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in sheet.questions:
        sent = request.POST.getlist(f"{LEAD}{one.key}")
        found[one.key] = sent if one.kind == MULTIPLE else (sent[0] if sent else None)
    return found


def _held(answer: SurveyAnswer) -> dict[str, Any]:
    return {**answer.values, **dict(answer.words.values_list("question", "text"))}


# No session and no account decide anything here, and a token against forged posts would shut out phones that keep no
# cookies; what a forged post could do is answer a survey.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def take(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole survey on one page. With a script, what was not asked is hidden; without one it is left out afterwards."""
    survey, version = _found(slug)
    about = _about(request, survey)
    if request.method == "POST":
        return _kept(request, survey, version, about)
    sheet = queries.sheet_of(version, _language(request))
    if not survey.is_taking:
        return render(request, "support/surveys/over.html", {"survey": survey, **drawn(sheet, {}, {})})
    number = device_number(request)
    answer = answer_of(survey, number, about)
    if answer is not None and "change" not in request.GET:
        return render(
            request, "support/surveys/answered.html", {"survey": survey, "about": about, **drawn(sheet, {}, {})}
        )
    given = _held(answer) if answer else _pressed(request, sheet)
    shown = {
        "key": answer.key if answer else uuid4(),
        "seq": answer.seq + 1 if answer else 1,
        "chosen_audience": answer.audience if answer else "",
        "chosen_unit": answer.unit.code if answer and answer.unit else "",
        "changes": answer is not None,
    }
    response = _form(request, survey, sheet, about, given, shown)
    return response if number else give_number(response, secrets.token_urlsafe(16))


def _pressed(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """The step of the first scale that was pressed at the end of a lesson."""
    scale = next((one for one in sheet.questions if one.kind == SCALE), None)
    pressed = request.GET.get("r", "")
    return {scale.key: int(pressed)} if scale and pressed in scale.values else {}


def _form(request, survey, sheet, about, given, shown, errors=None, status=200) -> HttpResponse:
    language = get_language() or "vi"
    context = {
        "survey": survey,
        "about": about,
        "audiences": queries.audiences_to_ask(language) if survey.asks_audience else {},
        "units": queries.units_to_name() if survey.asks_unit else [],
        **shown,
        **drawn(sheet, given, errors or {}),
    }
    return render(request, "support/surveys/take.html", context, status=status)


def _kept(request: HttpRequest, survey: Survey, version: SurveyVersion, about: str) -> HttpResponse:
    whom = limits_of(request)
    limits.check(*whom)
    limits.count(*whom)
    asked = _version(survey, request.POST.get("version", ""), version)
    sheet = queries.sheet_of(asked, _language(request))
    given = _given(request, sheet)
    unit = request.POST.get("unit", "")
    shown: dict[str, Any] = {
        "key": _uuid(request.POST.get("key", "")),
        "seq": _number(request.POST.get("seq", "")),
        "chosen_audience": request.POST.get("audience", "")[:60],
        "chosen_unit": unit,
    }
    try:
        kept = keep_answer(
            survey=survey,
            version=asked,
            key=shown["key"],
            seq=shown["seq"],
            number=device_number(request),
            language=sheet.language,
            audience=known_audience(shown["chosen_audience"]),
            unit=known_unit(unit),
            about=about,
            given=given,
        )
    except AnswersRefused as problem:
        errors = {one["field"]: one["message"] for one in problem.extra["errors"]}
        return _form(request, survey, sheet, about, given, shown, errors, problem.status)
    except Problem as problem:
        context = {"survey": survey, "problem": problem, **drawn(sheet, {}, {})}
        return render(request, "support/surveys/over.html", context, status=problem.status)
    asks = {"masked": "1"} if kept.masked else {}
    asks |= {"about": about} if about else {}
    asks |= {"language": sheet.language}
    return redirect(f"{reverse('support:survey_thanks', args=[survey.slug])}?{urlencode(asks)}")


def _version(survey: Survey, sent: str, in_force: SurveyVersion) -> SurveyVersion:
    """The version somebody answered: the one in force when they opened the page."""
    number = _number(sent)
    if number == in_force.number or not sent:
        return in_force
    return survey.versions.filter(number=number).first() or in_force


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 5 else 1


def known_audience(slug: str) -> str:
    return slug if slug and slug in queries.audiences_to_ask("vi") else ""


def known_unit(code: str) -> Unit | None:
    return Unit.objects.filter(code=code, valid_to=None).first() if code else None


@require_safe
@never_cache
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    survey, version = _found(slug)
    sheet = queries.sheet_of(version, _language(request))
    context = {
        "survey": survey,
        "about": _about(request, survey),
        "masked": request.GET.get("masked"),
        "may_change": bool(device_number(request)) and survey.is_taking,
        "thanks": True,
        **drawn(sheet, {}, {}),
    }
    return render(request, "support/surveys/answered.html", context)


@csrf_exempt
@require_POST
@never_cache
def another(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody else holds this phone: what was answered on it stays, and the next person begins anew."""
    survey, _version_in_force = _found(slug)
    whom = limits_of(request)
    limits.check(*whom)
    limits.count(*whom)
    about = _about(request, survey)
    address = reverse("support:survey", args=[slug])
    asked = f"?{urlencode({'about': about})}" if about else ""
    return give_number(redirect(f"{address}{asked}"), secrets.token_urlsafe(16))


def results_context(survey: Survey, request: HttpRequest, *, public: bool) -> dict[str, Any]:
    """What the public page and the editors' one draw alike."""
    by = request.GET.get("by", "")
    by = by if by in breakdowns_of(survey) else ""
    language = _language(request)
    found = figures(survey, language=language, by=by)
    compared, lines = waves(survey, language=language, public=public)
    return {
        "survey": survey,
        "title": survey.texts.get(found.language, survey.texts[survey.language])["title"],
        "figures": found,
        "rows": [one for one in found.questions if one.question.kind not in WORDS],
        "by": by,
        "breakdowns": breakdowns_of(survey),
        "compared": compared,
        "lines": lines,
        "heads": [one for one in found.questions if one.question.kind in {SCALE, *CHOICES}],
    }


def breakdowns_of(survey: Survey) -> list[str]:
    asked = {"audience": survey.asks_audience, "unit": survey.asks_unit, "language": len(survey.texts) > 1}
    asked["lesson"] = survey.purpose == Survey.Purpose.LESSON
    return [name for name in BREAKDOWNS if asked[name]]


@require_safe
@never_cache
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """What a closed survey found, for everybody."""
    survey = get_object_or_404(Survey, slug=slug, results_public_at__isnull=False)
    context = results_context(survey, request, public=True)
    context["told"] = told_after(survey, public=True)
    context["words"] = (
        queries.words_of(survey, state=SurveyWords.State.SHOWN)[:50] if context["figures"].is_told else []
    )
    return render(request, "support/surveys/results.html", context)
