"""By which ways messages reach one beside the site, and the link in a message that stops them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
from schools import channels
from schools.limits import CODES, check, client_address, count
from schools.models import Channel, ChannelChoice, Delivery
from schools.operations import channels as operations
from schools.operations.accounts import is_pupil
from schools.operations.notifications import may_leave, text_of
from schools.queries.deliveries import reason_words
from schools.views.common import show

HINTS: dict[str, Any] = {
    Channel.EMAIL: gettext_lazy("Your e-mail address"),
    Channel.SMS: gettext_lazy("Your mobile number"),
    Channel.ZALO: gettext_lazy("Your number as a follower of the province's Zalo account"),
}
TYPES: dict[str, str] = {Channel.EMAIL: "email", Channel.SMS: "tel", Channel.ZALO: "text"}
FILLS: dict[str, str] = {Channel.EMAIL: "email", Channel.SMS: "tel", Channel.ZALO: "off"}
LOG = 20


class AddressForm(forms.Form):
    address = forms.CharField(
        max_length=254, error_messages={"required": gettext_lazy("Type where the messages should go.")}
    )

    def __init__(self, data=None, *, channel: str, **kwargs):
        super().__init__(data, auto_id=f"{channel}_%s", **kwargs)
        field = self.fields["address"]
        field.label = HINTS[channel]
        field.widget = forms.TextInput(attrs={"class": "input", "type": TYPES[channel], "autocomplete": FILLS[channel]})


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The six digits that were sent there"),
        max_length=10,
        error_messages={"required": gettext_lazy("Type the six digits.")},
    )

    def __init__(self, data=None, *, channel: str, **kwargs):
        super().__init__(data, auto_id=f"{channel}_%s", **kwargs)
        self.fields["code"].widget = forms.TextInput(
            attrs={"class": "input", "inputmode": "numeric", "autocomplete": "one-time-code"}
        )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """The channels the operator has set up; a pupil, of whom no address is kept, has none."""
    if is_pupil(request.user):
        raise Http404
    forms_by_channel: dict[str, forms.Form] = {}
    status = 200
    if request.method == "POST":
        channel = request.POST.get("channel", "")
        if channel not in channels.set_up():
            raise Http404
        form, done = _act(request, channel, request.POST.get("do", ""))
        if done:
            messages.success(request, done)
            return redirect("schools:channels")
        forms_by_channel[channel], status = form, 422
    return show(request, "schools/channels.html", _shown(request, forms_by_channel), status=status)


def _act(request, channel: str, do: str) -> tuple[forms.Form | None, str]:
    """What a press does: the form that could not be taken, or the sentence that says it is done."""
    user = request.user
    if do == "remove":
        operations.remove_channel(user=user, channel=channel)
        return None, _("The address is forgotten.")
    if do == "stop":
        operations.stop_channel(user_id=user.pk, channel=channel)
        return None, _("No more messages go there.")
    if do == "resume":
        operations.resume_channel(user=user, channel=channel)
        return None, _("Messages go there again.")
    if do == "rhythm":
        daily = request.POST.get("rhythm") == "daily"
        operations.change_rhythm(user=user, channel=channel, daily=daily)
        return None, _("One message a day from now on.") if daily else _("Each message by itself from now on.")
    if do == "code":
        return _confirm(request, channel)
    form = AddressForm(request.POST, channel=channel)
    if form.is_valid():
        try:
            # A code costs the operator money and its receiver patience.
            check((CODES, client_address(request)))
            operations.choose_channel(user=user, channel=channel, address=form.cleaned_data["address"])
            count((CODES, client_address(request)))
            return None, _("A code of six digits is on its way. Type it below.")
        except Problem as problem:
            form.add_error("address", str(problem))
    return form, ""


def _confirm(request, channel: str) -> tuple[forms.Form | None, str]:
    form = CodeForm(request.POST, channel=channel)
    if form.is_valid():
        try:
            operations.confirm_channel(user=request.user, channel=channel, code=form.cleaned_data["code"])
            return None, _("Messages go there too from now on.")
        except Problem as problem:
            form.add_error("code", str(problem))
    return form, ""


def _shown(request, forms_by_channel: dict) -> dict:
    rows = {row.channel: row for row in ChannelChoice.objects.filter(user=request.user)}
    offered = []
    for channel in channels.set_up():
        row = rows.get(channel)
        waits = row is not None and row.confirmed_at is None
        form = forms_by_channel.get(channel)
        offered.append(
            {
                "channel": channel,
                "label": Channel(channel).label,
                "row": row,
                "waits": waits,
                "resting": channels.is_resting(channel),
                "code_form": form if isinstance(form, CodeForm) else CodeForm(channel=channel),
                "address_form": form
                if isinstance(form, AddressForm)
                else AddressForm(channel=channel, initial={"address": row.address if waits else ""}),
            }
        )
    log = list(
        Delivery.objects.filter(notification__user=request.user)
        .select_related("notification")
        .order_by("-notification__created_at", "-pk")[:LOG]
    )
    for one in log:
        one.words = text_of(one.notification) if may_leave(one.notification.kind) else _("A message on the site")
        one.reason = reason_words(one.error)
    return {"offered": offered, "log": log, "daily_at": operations.DAILY_AT}


# Mail programs stop messages with one post and no cookie (RFC 8058); the signed token says whose and which.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, token):
    """The link in a message: asks once, stops without signing in."""
    found = operations.read_stop_token(token)
    if found is None:
        raise Http404
    user_id, channel = found
    if request.method == "POST":
        operations.stop_channel(user_id=user_id, channel=channel)
    shown = {"done": request.method == "POST", "label": Channel(channel).label}
    return show(request, "schools/stop_channel.html", shown)
