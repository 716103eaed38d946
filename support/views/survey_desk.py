"""The desk of those who build surveys: writing, opening, reading what was found."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from schools.models import User
from schools.queries.addresses import absolute, qr_svg
from support.models import Survey, SurveyWords
from support.operations import surveys as operations
from support.permissions import runs_surveys, surveys_everywhere
from support.queries import surveys as queries
from support.queries.opinions import told_after
from support.queries.survey_figures import figures
from support.survey_forms import BeginForm, LanguageForm, QuestionForm, SettingsForm, WordsForm
from support.surveys.document import KINDS, SECTION, WORDS, faults, lacking, read
from support.surveys.presets import presets
from support.views.surveys import drawn, results_context

PER_PAGE, WORDS_PER_PAGE = 25, 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _user(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not runs_surveys(user):
        raise Http404
    return user


def _survey(request: HttpRequest, uuid: UUID) -> Survey:
    return get_object_or_404(Survey.objects.visible_to(_user(request)).select_related("unit"), uuid=uuid)


@require_safe
@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.listed(_user(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "support/surveys/desk.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """A new survey, from a template or empty."""
    user = _user(request)
    language = get_language() or "vi"
    form = BeginForm(
        request.POST or None,
        presets=[(one, one.title(language)) for one in presets().values()],
        units=queries.units_to_run_for(user),
        everywhere=surveys_everywhere(user),
        initial={"preset": next(iter(presets()))},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = operations.make_survey(
            actor=user, preset=presets().get(data["preset"]), title=data["title"], unit=data["unit"]
        )
        messages.success(request, _("The draft is there. Nobody sees it before you open it."))
        return redirect("support:survey_manage", made.uuid)
    return render(request, "support/surveys/begin.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@login_required
@never_cache
def manage(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _managed(request, _survey(request, uuid))


def _managed(request: HttpRequest, survey: Survey, problem: Problem | None = None) -> HttpResponse:
    questions, names = read(survey.questions), queries.language_names()
    by_key = {one.key: one for one in questions}
    lines = []
    for one in questions:
        lead = by_key.get(one.when.question) if one.when else None
        values = one.when.values if one.when else ()
        lines.append(
            {
                "question": one,
                "text": one.text(survey.language) or _("No words yet"),
                "kind": KINDS[one.kind],
                "is_section": one.kind == SECTION,
                "when": lead.text(survey.language) if lead else "",
                "when_values": [lead.label_of(value, survey.language) for value in values] if lead else [],
            }
        )
    languages = [
        {
            "tag": tag,
            "name": names.get(tag, tag),
            "lacks": lacking(questions, survey.texts, tag),
            "is_main": tag == survey.language,
        }
        for tag in sorted(survey.texts, key=lambda tag: (tag != survey.language, tag))
    ]
    version = operations.version_in_force(survey)
    address = absolute(survey.path) if survey.code else ""
    context = {
        "survey": survey,
        "lines": lines,
        "languages": languages,
        "kinds": KINDS.items(),
        "add_language": LanguageForm(languages=_languages_to_add(survey)),
        "faults": faults(questions, survey.language) if survey.state == Survey.State.DRAFT else [],
        "has_edits": version is not None and operations.has_edits(survey, version),
        "answered": survey.answers.count(),
        "address": address,
        "short": address.split("://", 1)[-1],
        "qr": qr_svg(address) if address else "",
        "message": f"{survey.title}\n{address}",
        "told": told_after(survey, public=False),
        "waiting_words": queries.words_of(survey, state=SurveyWords.State.NEW).count(),
        "problem": problem,
    }
    return render(request, "support/surveys/manage.html", context, status=problem.status if problem else 200)


def _languages_to_add(survey: Survey) -> list[tuple[str, str]]:
    return [(tag, name) for tag, name in queries.language_names().items() if tag not in survey.texts]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def settings(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The words around the questions in one language, and in the main one what holds for all."""
    survey = _survey(request, uuid)
    tag = _tag(request, survey)
    data, initial = request.POST or None, survey.texts.get(tag, {})
    form: WordsForm
    if tag == survey.language:
        held = {name: getattr(survey, name) for name in ("purpose", "audience", "asks_audience", "asks_unit")}
        held |= {"opens_at": survey.opens_at, "closes_at": survey.closes_at}
        names = queries.audience_names(get_language() or "vi")
        form = SettingsForm(data, initial=initial | held, audiences=names)
    else:
        form = WordsForm(data, initial=initial)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("title", "intro", "thanks")}
        more = form.settings if isinstance(form, SettingsForm) else {}
        operations.change_survey(survey=survey, language=tag, words=words, **more)
        messages.success(request, _("Saved."))
        return redirect("support:survey_manage", uuid)
    shown = {"survey": survey, "form": form, "tag": tag, "in_main": survey.texts[survey.language]}
    return render(request, "support/surveys/settings.html", shown, status=422 if form.errors else 200)


def _tag(request: HttpRequest, survey: Survey) -> str:
    """The language worked in; one that this site does not know is not there."""
    tag = request.GET.get("in") or survey.language
    if tag not in survey.texts and tag not in queries.language_names():
        raise Http404
    return tag


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def question(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """One question in one language; `new` with a kind begins another."""
    survey = _survey(request, uuid)
    tag = _tag(request, survey)
    row = next((row for row in survey.questions if row["key"] == key), None)
    if row is None:
        kind = request.GET.get("kind", "")
        if key != "new" or kind not in KINDS:
            raise Http404
        row = {"key": operations.new_key({one["key"] for one in survey.questions}), "kind": kind, "texts": {}}
    form = QuestionForm(request.POST or None, survey=survey, row=row, language=tag)
    if request.method == "POST" and form.is_valid():
        try:
            operations.put_question(survey=survey, question=form.document)
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("support:survey_manage", uuid)
    shown = {"survey": survey, "form": form, "kind": KINDS[row["kind"]], "is_new": key == "new", "tag": tag}
    return render(request, "support/surveys/question.html", shown, status=422 if form.errors else 200)


@require_POST
@login_required
@never_cache
def do(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything that is one press: `do=open`, `do=up:<question>` …"""
    survey, user = _survey(request, uuid), _user(request)
    name, _colon, about = request.POST.get("do", "").partition(":")
    try:
        made = _pressed(survey, user, name, about, request)
    except Problem as problem:
        return _managed(request, survey, problem)
    return redirect("support:survey_manage", made.uuid) if made else redirect("support:survey_desk")


def _pressed(survey: Survey, user: User, name: str, about: str, request: HttpRequest) -> Survey | None:
    """Do what was pressed; the survey to go on at, None when it is gone."""
    told: dict[str, Any] = {
        "open": _("The survey is open. Send the link, or hang up the code."),
        "renew": _("From now on people answer the new questions."),
        "close": _("The survey is closed."),
        "publish": _("Everybody can read the results now."),
        "withdraw": _("The results are no longer public."),
        "copy": _("This is the copy. Nobody sees it before you open it."),
        "wave": _("This is the next wave: the questions keep their keys, so that the two can be compared."),
        "nothing": _("It is no longer in the list of what to tell."),
        "delete": _("The survey is deleted."),
    }
    match name:
        case "up" | "down":
            return operations.move_question(survey=survey, key=about, by=-1 if name == "up" else 1)
        case "remove":
            return operations.remove_question(survey=survey, key=about)
        case "open":
            found = operations.open_survey(survey=survey, actor=user)
        case "renew":
            found = operations.renew_survey(survey=survey, actor=user)
        case "close":
            found = operations.close_survey(survey=survey, actor=user)
        case "publish" | "withdraw":
            found = operations.publish_results(survey=survey, actor=user, public=name == "publish")
        case "nothing":
            found = operations.follow_up(survey=survey, actor=user, changes=False)
        case "copy" | "wave":
            found = operations.copy_survey(survey=survey, actor=user, as_wave=name == "wave")
        case "delete":
            operations.delete_survey(survey=survey, actor=user)
            messages.success(request, told[name])
            return None
        case _:
            raise Http404
    messages.success(request, told[name])
    return found


@require_safe
@login_required
@never_cache
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The editors' copy as people would see it; it keeps nothing."""
    survey = _survey(request, uuid)
    draft = survey.versions.model(
        survey=survey, number=0, questions=survey.questions, texts=survey.texts, language=survey.language
    )
    sheet = queries.sheet_of(draft, (request.GET.get("language") or survey.language)[:20].lower())
    language = get_language() or "vi"
    context = {
        "survey": survey,
        "previews": True,
        "audiences": queries.audiences_to_ask(language) if survey.asks_audience else {},
        "units": queries.units_to_name() if survey.asks_unit else [],
        **drawn(sheet, {}, {}),
    }
    return render(request, "support/surveys/take.html", context)


@require_safe
@login_required
@never_cache
def found(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was found, while it runs and afterwards."""
    survey = _survey(request, uuid)
    context = results_context(survey, request, public=False)
    context["asked_words"] = [one for one in context["figures"].questions if one.question.kind in WORDS]
    context["is_desk"] = True
    return render(request, "support/surveys/results.html", context)


@require_safe
@login_required
@never_cache
def sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same figures as .xlsx."""
    from support.surveys.sheets import survey_workbook

    survey = _survey(request, uuid)
    context = results_context(survey, request, public=False)
    words = list(queries.words_of(survey).exclude(state=SurveyWords.State.HIDDEN)[:5000])
    told = words if context["figures"].is_told else []
    book = survey_workbook(context["figures"], context["compared"], context["lines"], told)
    response = HttpResponse(book, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{survey.slug}.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def words(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What people wrote, to be read; a POST says which may be shown to everybody and which are hidden."""
    survey = _survey(request, uuid)
    if request.method == "POST":
        chosen = []
        for text in request.POST.getlist("words")[:WORDS_PER_PAGE]:
            try:
                chosen.append(UUID(text))
            except ValueError as error:
                raise Http404 from error
        state = request.POST.get("state", "")
        if operations.judge_words(survey=survey, words=chosen, state=state, actor=_user(request)):
            messages.success(request, _("Done, and kept in the log."))
        return redirect(request.get_full_path())
    state = request.GET.get("state", SurveyWords.State.NEW)
    state = state if state in SurveyWords.State.values else SurveyWords.State.NEW
    is_told = figures(survey).is_told
    page = Paginator(
        queries.words_of(survey, state=state) if is_told else SurveyWords.objects.none(), WORDS_PER_PAGE
    ).get_page(request.GET.get("page"))
    texts = {one.key: one.text(survey.language) for version in survey.versions.all() for one in read(version.questions)}
    for one in page.object_list:
        one.asked = texts.get(one.question, "")
    chips = [
        {"label": label, "url": f"?state={value}", "current": value == state}
        for value, label in SurveyWords.State.choices
    ]
    shown = {"survey": survey, "page": page, "chips": chips, "state": state, "is_told": is_told}
    return render(request, "support/surveys/words.html", shown)


@require_safe
@login_required
@never_cache
def poster(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The code to scan on one sheet of paper."""
    survey = _survey(request, uuid)
    address = absolute(survey.path)
    sheets = [
        {"tag": tag, "title": words["title"], "is_main": tag == survey.language}
        for tag, words in sorted(survey.texts.items(), key=lambda one: one[0] != survey.language)
        if words.get("title")
    ]
    # The sheet speaks the language of the survey, not that of whoever prints it.
    spoken = survey.language if survey.language in dict(django_settings.LANGUAGES) else "vi"
    shown = {"survey": survey, "sheets": sheets, "written_in": spoken, "qr": qr_svg(address)}
    shown["short"] = address.split("://", 1)[-1]
    return render(request, "support/surveys/poster.html", shown)
