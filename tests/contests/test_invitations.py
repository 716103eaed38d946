"""Teams of people without a school account: a place held by a link, taken once, by whoever the rules let in."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from contests import operations, problems
from contests.models import Entry, TeamInvitation, TeamMember, Work
from contests.operations import Agreed
from contests.operations.works import lacking_of
from contests.queries.invitations import invitation_for, namesakes
from tests.factories import works
from tests.factories.constraints import refused
from tests.factories.contests import secretary
from tests.factories.schools import make_class, make_pupil, make_unit

pytestmark = pytest.mark.django_db
AGREED = Agreed(rules=True, pledge=True, used_ai=False)


@pytest.fixture
def by():
    return secretary()


@pytest.fixture
def contest(by):
    """Posters of anybody, three to a team, known by their telephone number."""
    made = works.poster_contest(by=by, open_track=True, same_school=False, mentor="none")
    version = made.rules_versions.get()
    version.terms |= {"identity": True}
    version.save()
    return made


def person(name: str = "Trần Thị Mai", **more) -> dict:
    known = {"full_name": name, "unit": make_unit(), "birth_date": date(1990, 5, 1), "identity": "0912345678"}
    return known | more


def led(contest, **more) -> Work:
    of = {"contest": contest, "category": contest.categories.get(), "agreed": AGREED, "title": "Phố em"}
    work, entered = operations.make_open_team(**of, **person(**more))
    assert entered.card.code and work.team.members.get().user == entered.user
    return work


def held(work: Work) -> TeamInvitation:
    return operations.make_invitation(work=work, by=works.leader_of(work).user, key=uuid4())


def test_a_place_is_held_taken_once_and_never_by_one_person_in_two_teams(contest):
    work, other = led(contest), led(contest, name="Lê Văn Bảy", identity="0900000002")
    leader, key = works.leader_of(work).user, uuid4()
    place = operations.make_invitation(work=work, by=leader, key=key)
    assert operations.make_invitation(work=work, by=leader, key=key) == place
    second = held(work)
    assert place.code != second.code and len(place.code) == 10
    with pytest.raises(problems.TeamRefused, match="3"):
        held(work)
    with pytest.raises(problems.TeamRefused):
        operations.make_invitation(work=work, by=works.leader_of(other).user, key=uuid4())
    operations.revoke_invitation(invitation=second, by=leader)
    with pytest.raises(problems.InvitationSpent):
        invitation_for(contest, second.code)
    with pytest.raises(problems.InvitationSpent):
        operations.join_openly(invitation=second, agreed=AGREED, **person(identity="0900000009"))

    # Typed as it is read out; the mate agrees to everything themselves.
    assert invitation_for(contest, f" {place.code[:5].lower()} {place.code[5:]} ") == place
    mate = {"full_name": "Phạm Em", "unit": make_unit(), "identity": "0900000003"}
    child = mate | {"birth_date": date(2013, 2, 2), "identity": ""}
    with pytest.raises(problems.MustAccept, match=r"giám hộ|guardian"):
        operations.join_openly(invitation=place, agreed=AGREED, **child)
    with pytest.raises(problems.IdentityTaken):
        operations.join_openly(
            invitation=place, agreed=AGREED, **person(identity="091 234 5678", name="Chính là trưởng nhóm")
        )
    assert Entry.objects.count() == 2, "what was refused leaves nothing behind"
    joined = operations.join_openly(
        invitation=place, agreed=Agreed(rules=True, pledge=True, used_ai=False, guardian="Bà Phạm Thị Ngoại"), **child
    )
    member = work.team.members.get(user=joined.user)
    assert (member.state, member.entry.acceptances.get().guardian) == ("confirmed", "Bà Phạm Thị Ngoại")
    place.refresh_from_db()
    assert operations.join_by_invitation(invitation=place, user=joined.user, agreed=AGREED) == member
    with pytest.raises(problems.InvitationSpent):
        operations.join_by_invitation(invitation=place, user=make_pupil(), agreed=works.AGREED)
    with refused("invitation_is_taken_or_revoked"):
        TeamInvitation.objects.filter(pk=place.pk).update(revoked_at=member.answered_at)

    with pytest.raises(problems.InAnotherTeam):
        operations.join_by_invitation(invitation=held(other), user=joined.user, agreed=AGREED)
    with pytest.raises(problems.TeamRefused):
        operations.join_by_invitation(invitation=held(work), user=leader, agreed=AGREED)
    assert len(lacking_of(work)) == 1, "the team is whole, the poster alone is missing"
    # Somebody left and comes back by another link.
    operations.leave_team(member=member, by=joined.user)
    again = operations.join_by_invitation(
        invitation=work.team.invitations.get(taken_by=None, revoked_at=None),
        user=joined.user,
        agreed=Agreed(rules=True, pledge=True, used_ai=False, guardian="Bà Ngoại"),
    )
    assert again.pk == member.pk and TeamMember.objects.filter(user=joined.user).count() == 1


def test_pupils_of_two_schools_make_a_team_by_a_link_and_of_one_school_by_their_code():
    wide, narrow = works.poster_contest(same_school=False), works.poster_contest()
    leader, mate = make_pupil(make_class(name="8A"), code="L1"), make_pupil(make_class(name="9B"), code="M1")
    work = works.begun(wide, leader)
    member = operations.join_by_invitation(invitation=held(work), user=mate, agreed=works.AGREED)
    assert member.entry.school_key != work.team.school_key
    with pytest.raises(problems.NoSuchCategory):
        operations.join_openly(invitation=held(work), agreed=AGREED, **person())
    with pytest.raises(problems.TeamRefused):
        held(works.begun(narrow, leader))


def test_two_of_one_name_age_and_place_are_shown_to_the_secretary(contest):
    unit = make_unit()
    first = led(contest, unit=unit)
    other = led(contest, unit=unit, name="trần thị mai", identity="0900000004")
    led(contest, name="Trần Thị Mai", identity="0900000005")
    assert namesakes(contest, [first, other]) == {
        first.pk: [("Trần Thị Mai", other.code)],
        other.pk: [("Trần Thị Mai", first.code)],
    }


@pytest.mark.slow
def test_the_road_of_a_team_without_accounts(client, contest, django_assert_max_num_queries):
    at, unit = {"slug": contest.slug}, make_unit()
    new = reverse("contests:new_work", kwargs=at)
    assert (
        reverse("contests:find_team", kwargs=at) in client.get(reverse("contests:contest", kwargs=at)).content.decode()
    )
    form = {
        "category": contest.categories.get().pk,
        "title": "Phố em",
        "name": "Tổ 5",
        "full_name": "Trần Thị Mai",
        "unit": unit.pk,
        "birth_date": "01/05/1990",
        "identity": "0912 345 678",
        "pledge": "on",
        "used_ai": "no",
        "rules": "on",
    }
    assert client.get(new).status_code == 200
    assert client.post(new, form | {"birth_date": "01/05/2014", "identity": ""}).status_code == 422
    made = client.post(new, form)
    work = Work.objects.get()
    address = reverse("contests:work", kwargs={**at, "uuid": work.uuid})
    assert made.status_code == 200 and address in made.content.decode()
    change, key = reverse("contests:change_work", kwargs={**at, "uuid": work.uuid}), str(uuid4())
    for _press in range(2):
        assert client.post(change, {"do": "hold_place", "key": key}).status_code == 302
    place = TeamInvitation.objects.get()
    link = reverse("contests:invited", kwargs={**at, "code": place.code})
    with django_assert_max_num_queries(45):
        page = client.get(address).content.decode()
    assert link in page and 'name="code"' not in page, "no school, so no code to sign in with"

    client.logout()
    found = client.post(
        reverse("contests:find_team", kwargs=at), {"code": f"{place.code[:5]} {place.code[5:]}".lower()}
    )
    assert found["Location"] == link
    assert client.post(reverse("contests:find_team", kwargs=at), {"code": "sai"}).status_code == 422
    shown = client.get(link).content.decode()
    assert "T.T.M" in shown and "Trần Thị Mai" not in shown
    own = {name: form[name] for name in ("unit", "pledge", "used_ai", "rules")}
    twice = client.post(link, own | {"full_name": "Lại là Mai", "birth_date": "01/05/1990", "identity": "0912345678"})
    assert (twice.status_code, twice.context["problem"].code) == (422, "identity_taken")
    child = own | {"full_name": "Phạm Em", "birth_date": "02/02/2013"}
    assert "guardian" in client.post(link, child).context["form"].errors
    joined = client.post(link, child | {"guardian": "Bà Ngoại"})
    assert joined.status_code == 200
    assert client.get(link)["Location"] == address
    assert "Phạm Em" in client.get(address).content.decode()
    client.logout()
    assert client.get(link).status_code == 404

    # Another place, and it is taken back.
    client.force_login(works.leader_of(work).user)
    client.post(change, {"do": "hold_place", "key": str(uuid4())})
    place = TeamInvitation.objects.get(taken_by=None)
    client.post(change, {"do": "revoke", "invitation": str(place.uuid)})
    client.logout()
    assert client.get(reverse("contests:invited", kwargs={**at, "code": place.code})).status_code == 404
