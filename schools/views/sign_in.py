"""Every way in: pupil code, username, card, and the first password; and the ways out."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from cms.problems import Problem
from schools.forms import CodeForm, ForgottenForm, NewSecretForm, PupilSignInForm, StaffSignInForm
from schools.limits import REQUESTS, client_address
from schools.limits import check as check_limits
from schools.limits import count as count_towards
from schools.models import SignInCard
from schools.operations import accounts, cards, signin
from schools.queries.desks import landing_of
from schools.queries.people import find_pupil, find_schools
from schools.views.common import remember_school, remembered_school, safe_next, show, show_problem, wrong_school

PENDING_CARD = "pending_card"


def enter(request, user, *, next_url: str = "", shared: bool = False):
    """Open the session of an account whose credentials are right, through the second factor where it has one."""
    if request.user.is_authenticated:
        logout(request)
    if shared:
        request.session.set_expiry(0)
    target = landing_of(user, next_url)
    if not signin.has_second_factor(user):
        signin.open_session(request, user)
        return redirect(target)
    record_authentication(request, user, method="password", reauthenticated=True)
    user.backend = signin.BACKEND
    try:
        return perform_login(request, user, redirect_url=target)
    except ImmediateHttpResponse as stop:
        return stop.response


@never_cache
@sensitive_post_parameters("password")
def sign_in(request):
    """One page for everybody: pupils by school and code, staff by username."""
    staff = "staff" in (request.GET.get("as"), request.POST.get("as"))
    school = None if staff else remembered_school(request)
    form_class = StaffSignInForm if staff else PupilSignInForm
    form = form_class(request.POST or None, auto_id="sign-in-%s")
    status, retry_after = 200, None
    if request.method == "POST" and form.is_valid():
        if not staff and school is None:
            form.add_error(None, _("Choose your school first."))
        else:
            try:
                user = signin.check_credentials(
                    school_code=school.code if school else "",
                    username=form.cleaned_data["username"],
                    password=form.cleaned_data["password"],
                    address=client_address(request),
                )
            except Problem as problem:
                status = show_problem(form, problem)
                retry_after = problem.extra.get("retry_after")
            else:
                response = enter(request, user, next_url=safe_next(request), shared=form.cleaned_data["shared"])
                return remember_school(response, school)
    text = request.GET.get("q", "")[:80]
    response = show(
        request,
        "schools/sign_in.html",
        {
            "form": form,
            "staff": staff,
            "school": school,
            "wrong_school": "" if school or staff else wrong_school(request),
            "text": text,
            "found": find_schools(text) if text and not school and not staff else [],
            "next": safe_next(request),
        },
        status=status,
    )
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return remember_school(response, school)


@require_GET
def school_search(request):
    """The list of schools under the search box, as one types."""
    text = request.GET.get("q", "")[:80]
    pages = (reverse("account_login"), reverse("schools:forgotten"))
    action = request.GET.get("action")
    return show(
        request,
        "schools/_school_results.html",
        {
            "text": text,
            "found": find_schools(text),
            "next": safe_next(request),
            "action": action if action in pages else pages[0],
        },
    )


@never_cache
def card(request, code: str = ""):
    """A scanned or typed card. The code leaves the address at once, so that the history of a shared phone cannot open it."""
    form = CodeForm(request.POST or None)
    status = 200
    if code or (request.method == "POST" and form.is_valid()):
        try:
            found = cards.find_card(code=code or form.cleaned_data["code"], address=client_address(request))
        except Problem as problem:
            form = form if form.is_bound else CodeForm({"code": code})
            form.full_clean()
            status = show_problem(form, problem)
        else:
            request.session[PENDING_CARD] = found.pk
            url = reverse("schools:card_confirm")
            next_url = safe_next(request)
            return redirect(f"{url}?{urlencode({'next': next_url})}" if next_url else url)
    response = show(request, "schools/card.html", {"form": form, "next": safe_next(request)}, status=status)
    # The address may hold a code: no other site sees it. ("no-referrer" would make the form's origin null, refused as CSRF.)
    response["Referrer-Policy"] = "same-origin"
    return response


@never_cache
def card_confirm(request):
    """«Em là Trần …?» A card opens a session only after its owner said yes; first use goes on to choosing a password."""
    found = (
        SignInCard.objects.filter(pk=request.session.get(PENDING_CARD), voided_at=None, user__is_active=True)
        .select_related("user__person")
        .first()
    )
    if found is None:
        return redirect("schools:card")
    if request.method == "POST":
        request.session.pop(PENDING_CARD)
        if "no" in request.POST:
            return redirect("schools:card")
        user = found.user
        cards.card_used(card=found)
        identifier = user.identifiers.filter(valid_to=None).select_related("school").first()
        first_time = not user.has_usable_password()
        response = enter(request, user, next_url=safe_next(request), shared="shared" in request.POST)
        if first_time and request.user.is_authenticated:
            request.session["sign_in_next"] = response.url
            others = [step for step in request.session.get(signin.STEPS, []) if step != signin.PASSWORD_STEP]
            request.session[signin.STEPS] = [signin.PASSWORD_STEP, *others]
            response = redirect("schools:first_password")
        return remember_school(response, identifier.school if identifier else None)
    membership = found.user.memberships.filter(ends_on=None).select_related("school_class__school").first()
    return show(
        request,
        "schools/card_confirm.html",
        {"person": found.user.person, "membership": membership, "next": safe_next(request)},
    )


@never_cache
@login_required
@sensitive_post_parameters("new", "again")
def first_password(request):
    """Choosing the own password or PIN, after a card or a teacher's one-time PIN; open only in that step."""
    if signin.PASSWORD_STEP not in request.session.get(signin.STEPS, []):
        return redirect("schools:account")
    pin_allowed = accounts.is_pupil(request.user)
    form = NewSecretForm(request.POST or None, pin_allowed=pin_allowed)
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.set_password(user=request.user, password=form.cleaned_data["new"])
        except Problem as problem:
            show_problem(form, problem, "new")
        else:
            keep_session(request, user)
            signin.step_done(request, signin.PASSWORD_STEP)
            return redirect(landing_of(user, request.session.pop("sign_in_next", "")))
    return show(request, "schools/first_password.html", {"form": form, "pin_allowed": pin_allowed})


def keep_session(request, user) -> None:
    """A changed password ends every session of the account but this one."""
    update_session_auth_hash(request, user)


@never_cache
def forgotten(request):
    """«Em quên mật khẩu»: the same answer whether the code exists or not."""
    school = remembered_school(request)
    form = ForgottenForm(request.POST or None)
    sent, status = False, 200
    if request.method == "POST" and form.is_valid():
        if school is None:
            form.add_error(None, _("Choose your school first."))
        else:
            by_address = (REQUESTS, f"forgotten:{client_address(request)}")
            try:
                check_limits(by_address)
            except Problem as problem:
                status = show_problem(form, problem)
            else:
                count_towards(by_address)
                user = find_pupil(school_code=school.code, code=form.cleaned_data["username"])
                if user:
                    accounts.request_password(user=user)
                sent = True
    text = request.GET.get("q", "")[:80]
    return show(
        request,
        "schools/forgotten.html",
        {
            "form": form,
            "school": school,
            "wrong_school": "" if school else wrong_school(request),
            "sent": sent,
            "text": text,
            "found": [] if school else find_schools(text),
        },
        status=status,
    )


@require_POST
def sign_out(request):
    """Sign out; on a shared phone («Đổi người dùng») straight to the sign-in of the same school."""
    get_adapter(request).logout(request)
    if "switch" in request.POST:
        return redirect("account_login")
    return redirect(f"/{request.LANGUAGE_CODE}/")
