"""The gallery and the honour roll of a contest: only what may be seen now."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Prefetch, QuerySet
from django.urls import reverse

from contests.models import Award, Contest, Copy, Exhibit, Prize, Ranking, TakeDown, Team, TeamMember, Work
from contests.picturing import FILM, KINDS
from contests.queries.names import hidden_exhibits, names_of, unnamed_in
from media.captions import parse, plain, short_clock
from media.checking import readable_size
from schools.models import Consent
from schools.queries.consents import who_consented

OPEN_IN = {Contest.State.PUBLISHED, Contest.State.ARCHIVED}
_MAKERS = TeamMember.objects.filter(role__in=TeamMember.MAKERS, state=TeamMember.State.CONFIRMED)


def makers_of(work: Work) -> list[TeamMember]:
    return list(_MAKERS.filter(team=work.team_id).select_related("user__person").order_by("pk"))


def who_lacks_consent(work: Work) -> list[TeamMember]:
    """Makers without every consent that publishing their work takes."""
    makers = makers_of(work)
    told = who_consented([one.user_id for one in makers], Consent.Purpose.PUBLISH)
    return [one for one in makers if one.user_id not in told]


@dataclass(frozen=True)
class Hung:
    """A work as everybody sees it: named by its team's makers, as far as they may be named, and the school."""

    exhibit: Exhibit
    names: list[str]
    unit: str
    prize: str = ""


def gallery_of(contest: Contest) -> list[Hung]:
    """What hangs in the gallery now, prizes first: nothing before the results are out, nothing without every maker's
    consent, nothing that was asked to be taken down. A dozen statements however many.
    """
    if contest.state not in OPEN_IN:
        return []
    found = Exhibit.objects.filter(work__contest=contest, state=Exhibit.State.SHOWN)
    found = found.filter(work__in=Work.objects.in_the_running()).exclude(uuid__in=hidden_exhibits(contest))
    teams = Prefetch("work__team", Team.objects.prefetch_related(Prefetch("members", _MAKERS.order_by("pk"), "makers")))
    exhibits = list(found.select_related("work__category").prefetch_related(teams).order_by("work__code"))
    people = {one.user_id for exhibit in exhibits for one in exhibit.work.team.makers}
    told = who_consented(people, Consent.Purpose.PUBLISH)
    names, prizes = names_of(people), _prizes_of(contest)
    shown = []
    for exhibit in exhibits:
        makers = exhibit.work.team.makers
        if not makers or any(one.user_id not in told for one in makers):
            continue
        place, prize = min((prizes[one.entry_id] for one in makers if one.entry_id in prizes), default=(999, ""))
        hung = Hung(exhibit, [names.get(one.user_id, "") for one in makers], exhibit.work.team.unit_name, prize)
        shown.append((place, exhibit.work.code, hung))
    return [one for _place, _code, one in sorted(shown, key=lambda one: one[:2])]


def _prizes_of(contest: Contest) -> dict[int, tuple[int, str]]:
    """{entry: (place, title)} of the prizes of persons in the rankings in force."""
    awards = Award.objects.filter(
        ranking__contest=contest, ranking__kind=Ranking.Kind.FROZEN, ranking__is_current=True, entry__isnull=False
    ).order_by("-prize__position")
    return {
        entry: (position, title)
        for entry, position, title in awards.values_list("entry_id", "prize__position", "prize__title")
    }


def film_of(work: Work) -> Copy | None:
    """The film of the version that counts, without metadata; None for works that are no film. One query."""
    ready = Copy.objects.filter(file__version=work.counting_version, state=Copy.State.READY, content_type=FILM)
    return ready.select_related("file").order_by("file__slot__position", "file__position").first()


def pictures_of(work: Work) -> list[Copy]:
    """Pictures and pages of the version that counts, without metadata, in the order of the slots. One query."""
    ready = Copy.objects.filter(file__version=work.counting_version, state=Copy.State.READY, content_type__in=KINDS)
    return list(ready.select_related("file").order_by("file__slot__position", "file__position"))


def player_of(contest: Contest, one: Hung) -> dict:
    """What the player of a film is told: sizes, captions, what is said. Addresses are of the site, which asks anew
    whether the work still hangs.
    """
    exhibit = one.exhibit
    names = dict(settings.LANGUAGES)

    def film(label: str) -> str:
        return reverse("contests:film", args=[contest.slug, exhibit.uuid, label])

    copies = exhibit.film["copies"]
    return {
        "exhibit": exhibit,
        "title": exhibit.caption,
        "poster": reverse("contests:picture", args=[contest.slug, exhibit.uuid]),
        "plain": film(copies[0]["label"]),
        "choices": [
            {"label": each["label"], "src": film(each["label"]), "size": readable_size(each["bytes"])}
            for each in copies
        ],
        "track": reverse("contests:captions", args=[contest.slug, exhibit.uuid]) if exhibit.captions else "",
        "spoken": exhibit.spoken,
        "spoken_name": names.get(exhibit.spoken, exhibit.spoken),
        "cues": [
            {"at": cue.start, "clock": short_clock(cue.start), "text": plain(cue.text)}
            for cue in parse(exhibit.captions)
        ],
    }


def hung_in(contest: Contest, uuid) -> Hung | None:
    return next((one for one in gallery_of(contest) if one.exhibit.uuid == uuid), None)


def to_hang(contest: Contest) -> list[dict]:
    """Works of the desk's gallery page with what keeps each from hanging: {"work", "exhibit", "lacks", "has_picture",
    "others": [(copy, name of the file)], "film"}; `film` says how long the film is, None for what is no film.
    """
    works = list(
        Work.objects.in_the_running()
        .filter(contest=contest)
        .with_counting_version()
        .select_related("category", "exhibit")
        .prefetch_related(
            Prefetch(
                "team",
                Team.objects.prefetch_related(Prefetch("members", _MAKERS.select_related("user__person"), "makers")),
            )
        )
        .order_by("code")
    )
    people = {one.user_id for work in works for one in work.team.makers}
    told = who_consented(people, Consent.Purpose.PUBLISH)
    versions = [work.counting for work in works]
    ready = Copy.objects.filter(file__version__in=versions, state=Copy.State.READY, content_type__in=[*KINDS, FILM])
    pictures: dict[int, list] = {}
    films: dict[int, float] = {}
    rows = ready.order_by("file__slot__position", "file__position")
    for version, kind, probe, uuid, name in rows.values_list(
        "file__version", "content_type", "file__probe", "uuid", "file__file_name"
    ):
        if kind == FILM:
            films[version] = probe.get("seconds") or 0
        else:
            pictures.setdefault(version, []).append((uuid, name))
    return [
        {
            "work": work,
            "exhibit": getattr(work, "exhibit", None),
            "lacks": [one.user for one in work.team.makers if one.user_id not in told],
            "has_picture": work.counting in pictures or work.counting in films,
            # Those besides the one that stands for the work.
            "others": pictures.get(work.counting, [])[0 if work.counting in films else 1 :],
            "film": films.get(work.counting),
        }
        for work in works
    ]


@dataclass(frozen=True)
class Honoured:
    """A prize and who won it: {"name" or none, "unit", "category", "code"}."""

    prize: Prize
    round: int | None
    winners: list[dict]


def honour_roll(contest: Contest) -> list[Honoured]:
    """Prizes of the rankings in force with their winners, the whole contest first. Six statements however many.

    Nobody is named before the results are out; who asked to be left out stands with the school alone.
    """
    if contest.state not in OPEN_IN:
        return []
    awards = list(
        Award.objects.filter(ranking__contest=contest, ranking__kind=Ranking.Kind.FROZEN, ranking__is_current=True)
        .select_related("prize", "entry", "ranking__round", "ranking__category")
        .order_by("ranking__round__number", "prize__kind", "prize__position", "ranking__category", "rank", "pk")[:1000]
    )
    names = names_of([one.entry.user_id for one in awards if one.entry])
    unnamed = unnamed_in(contest)
    groups: dict[tuple, Honoured] = {}
    for one in sorted(awards, key=lambda one: one.ranking.round is not None):
        round = one.ranking.round.number if one.ranking.round else None
        group = groups.setdefault((round, one.prize_id), Honoured(one.prize, round, []))
        code = one.entry.code if one.entry else ""
        group.winners.append(
            {
                "name": names.get(one.entry.user_id, "") if one.entry and code not in unnamed else "",
                "code": code,
                "unit": one.unit_name,
                "category": one.ranking.category.title if one.ranking.category else "",
            }
        )
    return list(groups.values())


def take_downs_of(contest: Contest) -> QuerySet[TakeDown]:
    """Requests, those that wait first."""
    found = TakeDown.objects.filter(contest=contest).select_related(
        "entry__user__person", "exhibit__work", "decided_by__person"
    )
    return found.order_by(F("decided_at").desc(nulls_first=True), "asked_at")
