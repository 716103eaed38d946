"""What can go wrong with accounts and sign-in, in words that say what to do."""

from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class SignInRefused(Problem):
    """Unknown account, wrong password and closed account look alike on purpose."""

    status = 401
    code = "sign_in_refused"
    title = _("Not signed in")
    detail = _(
        "The code or the password is not right. Check both, use your card, or ask your teacher for a new password."
    )
    # Chosen by what was typed, a username without a school, never by what is known about it.
    detail_for_staff = _(
        "The username or the password is not right. Check both, or ask your administrator for a new one."
    )


class TotpRequired(Problem):
    status = 401
    code = "totp_required"
    title = _("One more step")
    detail = _("Type the six-digit code from your authenticator app, or one of your recovery codes.")


class TooManyTries(Problem):
    """`retry_after` is in seconds; `of_network` when it is not this person's tries alone that were counted; `is_plain` when
    no password was tried."""

    status = 429
    code = "too_many_tries"
    title = _("Too many tries")

    def __init__(self, retry_after: int, *, of_network: bool = False, is_plain: bool = False):
        minutes = max(1, -(-retry_after // 60))
        self.retry_after = retry_after
        if is_plain:
            text = _("Too much came from this network in a short time. Wait %(minutes)d minutes, then try again.")
        elif of_network:
            text = _(
                "Too many codes were typed from this network. Wait %(minutes)d minutes, or sign in with your own code "
                "and password."
            )
        else:
            text = _("Too many wrong tries. Wait %(minutes)d minutes, or ask your teacher for a new password.")
        super().__init__(text % {"minutes": minutes}, retry_after=retry_after)


class WeakSecret(Problem):
    code = "weak_secret"
    title = _("Too easy to guess")


class CardRefused(Problem):
    status = 404
    code = "card_refused"
    title = _("This card does not work")
    detail = _(
        "This card is not valid any more, or a letter is wrong. Check the code, or ask your teacher for a new card."
    )


class CardReplaced(CardRefused):
    detail = _(
        "A newer card took the place of this one. Use the new card. If it is not with you, sign in with your pupil code or ask your teacher."
    )


class JoinRefused(Problem):
    code = "join_refused"
    title = _("This class code does not work")
    detail = _("This class code is not right or is closed. Ask your teacher for the code of today.")


class NotAllowed(Problem):
    status = 403
    code = "not_allowed"
    title = _("Not allowed")
    detail = _("Your account may not do this. Ask the administrator of your school.")


class NotOfThisSchool(Problem):
    status = 422
    code = "not_of_this_school"
    title = _("Not of this school")
    detail = _("Only the staff of the school can teach in the class. The school's administrator enters new staff.")


class RightNotHeld(Problem):
    """Nobody hands on what they do not have."""

    status = 403
    code = "right_not_held"
    title = _("Not yours to give")
    detail = _("You can only give rights that you have in this class yourself.")


class TeachingEndsWrong(Problem):
    status = 422
    code = "teaching_ends_wrong"
    title = _("Wrong day")

    def __init__(self, detail):
        super().__init__(detail)


class TeachingOfClassElsewhere(Problem):
    """Homeroom and subject teachers come from the school's list of staff."""

    status = 409
    code = "teaching_elsewhere"
    title = _("Not changed here")
    detail = _("Homeroom and subject teachers are entered by the school's administrator in the list of staff.")


class ChannelNotForYou(Problem):
    status = 403
    code = "channel_not_for_you"
    detail = _("This way of sending messages is not open to your account. Messages on the site reach you in any case.")


class AddressRefused(Problem):
    status = 422
    code = "address_refused"
    title = _("This address does not work")


class ChannelCodeRefused(Problem):
    status = 422
    code = "channel_code_refused"
    detail = _("The code is not right or has run out. Look at the message once more, or have a new one sent.")


class EvidenceMissing(Problem):
    status = 422
    code = "evidence_missing"
    detail = _("Say where the signed paper is, or why: it is kept in the log.")
