"""Every address of ours, and who may knock at it. A new one has to be classified here."""

import re

from django.urls import URLPattern, get_resolver

PUBLIC, OWN, LEADER, MEMBER, AUTHOR, MODERATOR, FACULTY, ADMIN = (
    "anybody",
    "whoever has signed in, about themselves",
    "every leader who has joined",
    "those who can read the space",
    "the author",
    "the moderators of the space",
    "faculty who moderate",
    "admins",
)

DOORS = {
    "home": PUBLIC,
    "faculty": PUBLIC,
    "faculty_member": PUBLIC,
    "faculty_photo": PUBLIC,
    "help": PUBLIC,
    "house_rules": PUBLIC,
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    "unsubscribe": PUBLIC,
    "less_mail": PUBLIC,
    "mute_by_letter": PUBLIC,
    "mailbox": PUBLIC,
    "mailbox_message": PUBLIC,
    "mailbox_html": PUBLIC,
    "livez": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,
    "join": OWN,
    "accept_rules": OWN,
    "settings": LEADER,
    "settings_profile": LEADER,
    "remove_photo": LEADER,
    "settings_security": LEADER,
    "settings_mail": LEADER,
    "slower": LEADER,
    "watching": LEADER,
    "try_address_again": LEADER,
    "second_factor": LEADER,
    "leaders": LEADER,
    "leader": LEADER,
    "leader_photo": LEADER,
    "spaces": LEADER,
    "threads": LEADER,
    "search": LEADER,
    "preview": LEADER,
    "drafts": LEADER,
    "draft": AUTHOR,
    "save_draft": MEMBER,
    "settle_draft": AUTHOR,
    "discard_draft": AUTHOR,
    "bring_draft_back": AUTHOR,
    "sessions": MEMBER,
    "plan_session": MODERATOR,
    "session": MEMBER,
    "session_after": MEMBER,
    "session_calendar": MEMBER,
    "change_session": MODERATOR,
    "extend_session": MODERATOR,
    "end_session": MODERATOR,
    "cancel_session": MODERATOR,
    "conversations": LEADER,
    "start_conversation": LEADER,
    "conversation_people": LEADER,
    "conversations_badge": LEADER,
    "settings_conversations": LEADER,
    "conversation": MEMBER,
    "conversation_after": MEMBER,
    "add_to_conversation": MEMBER,
    "leave_conversation": MEMBER,
    "let_in": AUTHOR,
    "notices": LEADER,
    "notices_badge": LEADER,
    "open_notices": LEADER,
    "say_well_done": LEADER,
    "well_done": LEADER,
    "hear_again": LEADER,
    "show_well_done": AUTHOR,
    "keep_well_done": AUTHOR,
    "remove_well_done": AUTHOR,
    "stop_hearing": AUTHOR,
    "bookmarks": LEADER,
    "bookmark_note": AUTHOR,
    "remove_bookmark": AUTHOR,
    "restore_bookmark": AUTHOR,
    "notice": AUTHOR,
    "mute_notice": AUTHOR,
    "space": MEMBER,
    "members": MEMBER,
    "people": MEMBER,
    "start": MEMBER,
    "similar": MEMBER,
    "attach": MEMBER,
    "attachment": MEMBER,
    "small_image": MEMBER,
    "remove_attachment": AUTHOR,
    "ask_to_join": MEMBER,
    "accept_terms": MEMBER,
    "thread": MEMBER,
    "thread_by_id": MEMBER,
    "reply": MEMBER,
    "posts": MEMBER,
    "seen": MEMBER,
    "catch_up": LEADER,
    "next_unread": LEADER,
    "sweep": LEADER,
    "undo_sweep": AUTHOR,
    "unread_posts": MEMBER,
    "follow": MEMBER,
    "follow_space": MEMBER,
    "mark_unread": MEMBER,
    "mark_answer": MEMBER,
    "unmark_answer": MEMBER,
    "post": MEMBER,
    "post_history": MEMBER,
    "quote": MEMBER,
    "thank": MEMBER,
    "take_thanks_back": MEMBER,
    "bookmark": MEMBER,
    "take_bookmark_back": MEMBER,
    "report_post": MEMBER,
    "report_message": MEMBER,
    "chat": MEMBER,
    "chat_after": MEMBER,
    "message": MEMBER,
    "reply_to_message": MEMBER,
    "message_history": MEMBER,
    "edit_message": AUTHOR,
    "delete_message": AUTHOR,
    "edit": AUTHOR,
    "withdraw": AUTHOR,
    "rename": AUTHOR,
    "hide_revision": MODERATOR,
    "restore_revision": MODERATOR,
    "hide_post": MODERATOR,
    "restore_post": MODERATOR,
    "hide_message": MODERATOR,
    "restore_message": MODERATOR,
    "close_thread": MODERATOR,
    "reopen_thread": MODERATOR,
    "pin_thread": MODERATOR,
    "unpin_thread": MODERATOR,
    "move_thread": MODERATOR,
    "split_thread": MODERATOR,
    "merge_thread": MODERATOR,
    "hide_thread": MODERATOR,
    "restore_thread": MODERATOR,
    "desk": FACULTY,
    "desk_log": FACULTY,
    "desk_register": FACULTY,
    "desk_case": FACULTY,
    "take_case": FACULTY,
    "decide_case": FACULTY,
    "desk_request": FACULTY,
    "lift_suspension": FACULTY,
}


def every_door(patterns=None, prefix="", namespace=""):
    """(name, address as a pattern) of every URL."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", address
        else:
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from every_door(pattern.url_patterns, address, namespace + space)


def our_doors():
    """(name, pattern) of every address that is not allauth's, the admin's or a file's."""
    return [
        (name, address)
        for name, address in every_door()
        if not address.startswith(("accounts/", "admin/", "static/")) and ":" not in name
    ]


def address(scene, pattern: str) -> str:
    """The address behind a pattern, with the things of the scene that belong there."""
    found = scene.get(pattern.partition("/")[0], {})
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(found[part[1]]), pattern)
