from contests.operations.appeals import appeals_end, decide_appeal, file_appeal
from contests.operations.attempts import start_round_attempt
from contests.operations.cancelling import cancel_asked
from contests.operations.certificates import certificates_lack, issue_contest_certificates
from contests.operations.choosing import choose_for_next_round
from contests.operations.classes import register_class, remind_class
from contests.operations.deadlines import extend_deadline
from contests.operations.drafting import write_basics, write_categories, write_prizes, write_rounds, write_slots
from contests.operations.enquiries import answer_enquiry, ask
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
from contests.operations.faq import write_faq
from contests.operations.films import make_film
from contests.operations.invitations import (
    join_by_invitation,
    join_openly,
    make_invitation,
    revoke_invitation,
)
from contests.operations.jury import (
    accept_invitation,
    declare_conflict,
    decline_review,
    invitation,
    invite_juror,
    pass_on_late_reviews,
    remake_link,
    remind_juror,
    remind_jurors,
    replace_juror,
    share_out,
    take_seat_back,
)
from contests.operations.outages import Given, record_outage
from contests.operations.performing import (
    Line,
    call_turn,
    correct_points,
    correct_time,
    decline_turn,
    end_turn,
    excuse_sheet,
    key_in_sheet,
    mark_absent,
    reveal_points,
    save_lines,
)
from contests.operations.rankings import compute_table, freeze_ranking, refresh_round, refresh_standings
from contests.operations.rehearsal import rehearse
from contests.operations.rubrics import set_rubric
from contests.operations.rules import change_rules
from contests.operations.scoring import rule, save_comment, save_score, submit_review, write_minutes
from contests.operations.screening import make_copies, screen_work
from contests.operations.setting_up import choose_quiz, set_up_contest, weekly_rounds
from contests.operations.showing import FilmWords, hang, take_off
from contests.operations.stage import change_order, draw_order, register_team, set_parts, take_in_promoted
from contests.operations.states import lacking, move_contest, next_state
from contests.operations.take_downs import ask_to_take_down, decide_take_down
from contests.operations.teams import (
    confirm_member,
    invite_member,
    leave_team,
    make_open_team,
    make_team,
    name_mentor,
)
from contests.operations.work_rehearsal import rehearse_works
from contests.operations.works import (
    Declared,
    begin_file,
    remove_file,
    rename_work,
    submit_work,
    withdraw_work,
    write_texts,
)

__all__ = [
    "Agreed",
    "Declared",
    "FilmWords",
    "Given",
    "Line",
    "OpenEntry",
    "accept_invitation",
    "accept_rules",
    "answer_enquiry",
    "appeals_end",
    "ask",
    "ask_to_take_down",
    "begin_file",
    "call_turn",
    "cancel_asked",
    "certificates_lack",
    "change_order",
    "change_rules",
    "choose_for_next_round",
    "choose_quiz",
    "compute_table",
    "confirm_member",
    "correct_points",
    "correct_time",
    "decide_appeal",
    "decide_take_down",
    "declare_conflict",
    "decline_review",
    "decline_turn",
    "disqualify_entry",
    "draw_order",
    "end_turn",
    "enter_contest",
    "enter_open_track",
    "excuse_sheet",
    "extend_deadline",
    "file_appeal",
    "forget_identity_keys",
    "freeze_ranking",
    "hang",
    "invitation",
    "invite_juror",
    "invite_member",
    "issue_contest_certificates",
    "join_by_invitation",
    "join_openly",
    "key_in_sheet",
    "lacking",
    "leave_team",
    "make_copies",
    "make_film",
    "make_invitation",
    "make_open_team",
    "make_team",
    "mark_absent",
    "move_contest",
    "name_mentor",
    "next_state",
    "pass_on_late_reviews",
    "record_outage",
    "refresh_round",
    "refresh_standings",
    "register_class",
    "register_team",
    "rehearse",
    "rehearse_works",
    "reinstate_entry",
    "remake_link",
    "remind_class",
    "remind_juror",
    "remind_jurors",
    "remove_file",
    "rename_work",
    "replace_juror",
    "reveal_points",
    "revoke_invitation",
    "rule",
    "save_comment",
    "save_lines",
    "save_score",
    "screen_work",
    "set_parts",
    "set_rubric",
    "set_up_contest",
    "share_out",
    "start_round_attempt",
    "submit_review",
    "submit_work",
    "take_in_promoted",
    "take_off",
    "take_seat_back",
    "weekly_rounds",
    "withdraw_entry",
    "withdraw_work",
    "write_basics",
    "write_categories",
    "write_faq",
    "write_minutes",
    "write_prizes",
    "write_rounds",
    "write_slots",
    "write_texts",
]
