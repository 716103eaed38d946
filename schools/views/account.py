"""A person's own page, and joining a class as a guest."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cms.problems import Problem
from schools.forms import ChangeSecretForm, GuestForm, JoinForm, LanguageForm
from schools.limits import ACCOUNT, ACCOUNT_DAY, client_address
from schools.limits import check as check_limits
from schools.limits import count as count_towards
from schools.models import JoinRequest, Membership, Notification
from schools.operations import accounts, joining, signin
from schools.operations.notifications import mark_read, text_of
from schools.permissions import current_roles, needs_totp
from schools.queries.addresses import path_in
from schools.queries.desks import landing_of
from schools.queries.notifications import inbox, unread_count
from schools.views.common import remember_school, show, show_problem
from schools.views.sign_in import enter, keep_session


@never_cache
@login_required
def account(request):
    user = request.user
    page = Paginator(inbox(user), 20).get_page(request.GET.get("page"))
    language = get_language()
    messages = [
        {"item": item, "text": text_of(item), "url": path_in(item.url, language) if item.url else ""} for item in page
    ]
    return show(
        request,
        "schools/account.html",
        {
            "memberships": Membership.objects.current()
            .filter(user=user)
            .select_related("school_class__school", "school_class__school_year"),
            "waiting": JoinRequest.objects.filter(user=user, state=JoinRequest.State.WAITING).select_related(
                "join_code__school_class__school"
            ),
            "codes": user.identifiers.filter(valid_to=None).select_related("school"),
            "roles": current_roles(user).select_related("school", "unit"),
            "is_pupil": accounts.is_pupil(user),
            "has_second_factor": signin.has_second_factor(user),
            "needs_second_factor": needs_totp(user),
            "language_form": LanguageForm(initial={"language": user.language}),
            "page": page,
            "notes": messages,
            "unread": unread_count(user),
        },
    )


@never_cache
@login_required
@sensitive_post_parameters("current", "new", "again")
def change_password(request):
    user = request.user
    form = ChangeSecretForm(request.POST or None, pin_allowed=accounts.is_pupil(user))
    status = 200
    if request.method == "POST" and form.is_valid():
        by_account = [(ACCOUNT, str(user.pk)), (ACCOUNT_DAY, str(user.pk))]
        try:
            check_limits(*by_account)
            if not user.check_password(form.cleaned_data["current"]):
                count_towards(*by_account)
                form.add_error("current", _("This is not your present password or PIN."))
            else:
                accounts.set_password(user=user, password=form.cleaned_data["new"])
                keep_session(request, user)
                return redirect(f"{request.path}?done")
        except Problem as problem:
            status = show_problem(form, problem, None if problem.status == 429 else "new")
    return show(request, "schools/change_password.html", {"form": form, "done": "done" in request.GET}, status=status)


@never_cache
@login_required
def carry_on(request):
    """After setting up the second factor: to the page that was asked for, else home."""
    return redirect(landing_of(request.user, request.session.pop("sign_in_next", "")))


@require_POST
@login_required
def set_language(request):
    form = LanguageForm(request.POST)
    if form.is_valid():
        request.user.language = form.cleaned_data["language"]
        request.user.save(update_fields=["language"])
        return redirect(translate_url(request.build_absolute_uri("../"), request.user.language))
    return redirect("schools:account")


@require_POST
@login_required
def read_notifications(request):
    """Mark one message read and go where it leads, or mark all read."""
    if "all" in request.POST:
        mark_read(user=request.user)
        return redirect("schools:account")
    try:
        note = inbox(request.user).get(uuid=request.POST.get("uuid"))
    except (Notification.DoesNotExist, ValidationError) as error:
        raise Http404 from error
    mark_read(user=request.user, uuids=[note.uuid])
    return redirect(path_in(note.url, get_language()) if note.url else "schools:account")


@never_cache
@sensitive_post_parameters("pin")
def join(request):
    """Class code → name and PIN → in the class, or waiting for the teacher."""
    code_form, guest_form, join_code, status = JoinForm(), None, None, 200
    code = request.POST.get("code") or request.GET.get("code")
    if code:
        try:
            join_code = joining.find_join_code(code=code, address=client_address(request))
        except Problem as problem:
            code_form = JoinForm({"code": code})
            code_form.full_clean()
            status = show_problem(code_form, problem, "code")
    if join_code:
        posted = request.method == "POST" and "full_name" in request.POST
        guest_form = GuestForm(request.POST if posted else None)
        if posted and guest_form.is_valid():
            try:
                joined = joining.join_class(
                    join_code=join_code,
                    full_name=guest_form.cleaned_data["full_name"],
                    pin=guest_form.cleaned_data["pin"],
                    language=get_language(),
                )
            except Problem as problem:
                show_problem(guest_form, problem, "pin" if problem.code == "weak_secret" else None)
            else:
                enter(request, joined.user, shared=True)
                return remember_school(redirect("schools:joined"), join_code.school_class.school)
    return show(
        request,
        "schools/join.html",
        {"code_form": code_form, "form": guest_form, "join_code": join_code},
        status=status,
    )


@never_cache
@login_required
def joined(request):
    """The slip a guest copies: the code to come back with, and whether the teacher still has to say yes."""
    join_request = (
        JoinRequest.objects.filter(user=request.user)
        .select_related("join_code__school_class__school")
        .order_by("-created_at")
        .first()
    )
    if join_request is None:
        return redirect("schools:account")
    return show(
        request,
        "schools/joined.html",
        {"join_request": join_request, "identifier": request.user.identifiers.filter(valid_to=None).first()},
    )
