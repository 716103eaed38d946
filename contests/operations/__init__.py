from contests.operations.appeals import appeals_end, decide_appeal, file_appeal
from contests.operations.attempts import start_round_attempt
from contests.operations.cancelling import cancel_asked
from contests.operations.certificates import certificates_lack, issue_contest_certificates
from contests.operations.classes import register_class, remind_class
from contests.operations.drafting import write_basics, write_categories, write_prizes, write_rounds
from contests.operations.entries import (
    Agreed,
    OpenEntry,
    accept_rules,
    disqualify_entry,
    enter_contest,
    enter_open_track,
    forget_identity_keys,
    reinstate_entry,
    withdraw_entry,
)
from contests.operations.outages import Given, record_outage
from contests.operations.rankings import compute_table, freeze_ranking, refresh_round, refresh_standings
from contests.operations.rehearsal import rehearse
from contests.operations.rules import change_rules
from contests.operations.setting_up import choose_quiz, set_up_contest, weekly_rounds
from contests.operations.states import lacking, move_contest, next_state

__all__ = [
    "Agreed",
    "Given",
    "OpenEntry",
    "accept_rules",
    "appeals_end",
    "cancel_asked",
    "certificates_lack",
    "change_rules",
    "choose_quiz",
    "compute_table",
    "decide_appeal",
    "disqualify_entry",
    "enter_contest",
    "enter_open_track",
    "file_appeal",
    "forget_identity_keys",
    "freeze_ranking",
    "issue_contest_certificates",
    "lacking",
    "move_contest",
    "next_state",
    "record_outage",
    "refresh_round",
    "refresh_standings",
    "register_class",
    "rehearse",
    "reinstate_entry",
    "remind_class",
    "set_up_contest",
    "start_round_attempt",
    "weekly_rounds",
    "withdraw_entry",
    "write_basics",
    "write_categories",
    "write_prizes",
    "write_rounds",
]
