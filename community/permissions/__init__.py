"""Who may do what in spaces, threads and rooms; a refusal is a sentence that one can show."""

from community.permissions.attachments import may_attach, may_remove
from community.permissions.continuations import may_carry_on, may_open_continuation
from community.permissions.conversations import PEOPLE_AT_MOST, may_add, may_begin, may_leave, reachable
from community.permissions.drafts import may_draft, may_keep_drafts, may_set_aside
from community.permissions.host_lines import may_end_line, may_write_line
from community.permissions.limits import (
    may_go_on_asking,
    may_go_on_attaching,
    may_go_on_bringing,
    may_go_on_editing,
    may_go_on_mailing,
    may_go_on_planning,
    may_go_on_renaming,
    may_go_on_reporting,
    may_go_on_saying_well_done,
    may_go_on_writing,
    may_go_on_writing_lines,
)
from community.permissions.mail import may_send_again, may_send_again_several
from community.permissions.moderation import (
    Conflict,
    may_decide,
    may_lift,
    may_merge,
    may_move,
    may_split,
    may_suspend,
)
from community.permissions.posts import may_bookmark, may_edit, may_report, may_thank, may_withdraw
from community.permissions.rooms import may_answer, may_delete_message, may_edit_message, may_say
from community.permissions.sessions import may_be_host, may_end, may_host, may_plan
from community.permissions.spaces import (
    may_accept_terms,
    may_ask_to_join,
    may_moderate,
    may_open_desk,
    may_read,
    may_write,
)
from community.permissions.threads import (
    Unseen,
    may_choose_answer,
    may_mark_answer,
    may_rename,
    may_reply,
    may_reply_by_mail,
    may_see,
    may_start,
)
from community.permissions.well_done import both_see, may_say_well_done, may_show, may_take_away
from community.permissions.words import Unfit
from leaders.permissions import ALLOWED, TooOften, Verdict, no, require

__all__ = [
    "ALLOWED",
    "PEOPLE_AT_MOST",
    "Conflict",
    "TooOften",
    "Unfit",
    "Unseen",
    "Verdict",
    "both_see",
    "may_accept_terms",
    "may_add",
    "may_answer",
    "may_ask_to_join",
    "may_attach",
    "may_be_host",
    "may_begin",
    "may_bookmark",
    "may_carry_on",
    "may_choose_answer",
    "may_decide",
    "may_delete_message",
    "may_draft",
    "may_edit",
    "may_edit_message",
    "may_end",
    "may_end_line",
    "may_go_on_asking",
    "may_go_on_attaching",
    "may_go_on_bringing",
    "may_go_on_editing",
    "may_go_on_mailing",
    "may_go_on_planning",
    "may_go_on_renaming",
    "may_go_on_reporting",
    "may_go_on_saying_well_done",
    "may_go_on_writing",
    "may_go_on_writing_lines",
    "may_host",
    "may_keep_drafts",
    "may_leave",
    "may_lift",
    "may_mark_answer",
    "may_merge",
    "may_moderate",
    "may_move",
    "may_open_continuation",
    "may_open_desk",
    "may_plan",
    "may_read",
    "may_remove",
    "may_rename",
    "may_reply",
    "may_reply_by_mail",
    "may_report",
    "may_say",
    "may_say_well_done",
    "may_see",
    "may_send_again",
    "may_send_again_several",
    "may_set_aside",
    "may_show",
    "may_split",
    "may_start",
    "may_suspend",
    "may_take_away",
    "may_thank",
    "may_withdraw",
    "may_write",
    "may_write_line",
    "no",
    "reachable",
    "require",
]
