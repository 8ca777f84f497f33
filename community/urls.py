from django.urls import include, path

from community.models import HostLine, Message, Post, Thread, WellDone
from community.views import (
    attachments,
    bookmarks,
    catch_up,
    chat,
    continuations,
    conversations,
    drafts,
    host_lines,
    levels,
    lists,
    moderation,
    notices,
    posts,
    preferences,
    previews,
    reports,
    revisions,
    rooms,
    sessions,
    spaces,
    threads,
    transfers,
    well_done,
)

# Together, as an address is looked for from the first to the last, and most are of threads and spaces.
_threads = [
    path("<int:pk>/new/", catch_up.unread, name="unread_posts"),
    path("", lists.threads, name="threads"),
    path("<int:pk>/", threads.thread, name="thread_by_id"),
    path("<int:pk>/reply/", threads.reply, name="reply"),
    path("<int:pk>/posts/", threads.fragments, name="posts"),
    path("<int:pk>/seen/", threads.seen, name="seen"),
    path("<int:pk>/rename/", threads.rename, name="rename"),
    path("<int:pk>/follow/", levels.follow, name="follow"),
    path("<int:pk>/unread/<int:number>/", threads.mark_unread, name="mark_unread"),
    *(
        path(
            f"<int:pk>/{verb}/",
            moderation.decide,
            {"model": Thread, "verb": verb},
            name=f"{verb}_thread",
        )
        for verb in ("hide", "restore", "close", "reopen", "pin", "unpin", "move")
    ),
    path("<int:pk>/split/", transfers.split, name="split_thread"),
    path("<int:pk>/merge/", transfers.merge, name="merge_thread"),
    path("<int:pk>/relocation/", transfers.relocation, name="relocation"),
    path("<int:pk>/relocation/again/", transfers.try_again, name="try_relocation_again"),
    path("<int:pk>/relocation/stop/", transfers.stop, name="stop_relocation"),
    path("<int:pk>/<slug:slug>/", threads.thread, name="thread"),
]

_posts = [
    path("<int:pk>/", posts.permalink, name="post"),
    path("<int:pk>/quote/", posts.quote, name="quote"),
    path("<int:pk>/edit/", posts.edit, name="edit"),
    path("<int:pk>/answer/", posts.mark_answer, name="mark_answer"),
    path("<int:pk>/answer/undo/", posts.unmark_answer, name="unmark_answer"),
    path("<int:pk>/withdraw/", posts.withdraw, name="withdraw"),
    path("<int:pk>/history/", revisions.history, name="post_history"),
    path(
        "<int:pk>/history/<int:version>/hide/",
        revisions.decide,
        {"verb": "hide_revision"},
        name="hide_revision",
    ),
    path(
        "<int:pk>/history/<int:version>/restore/",
        revisions.decide,
        {"verb": "restore_revision"},
        name="restore_revision",
    ),
    path("<int:pk>/thank/", posts.thank, name="thank"),
    path("<int:pk>/thank/undo/", posts.take_thanks_back, name="take_thanks_back"),
    path("<int:pk>/bookmark/", posts.bookmark, name="bookmark"),
    path("<int:pk>/bookmark/undo/", posts.take_bookmark_back, name="take_bookmark_back"),
    path("<int:pk>/report/", reports.report, {"model": Post}, name="report_post"),
    path("<int:pk>/hide/", moderation.decide, {"model": Post, "verb": "hide"}, name="hide_post"),
    path("<int:pk>/restore/", moderation.decide, {"model": Post, "verb": "restore"}, name="restore_post"),
]

_spaces = [
    path("", spaces.all_spaces, name="spaces"),
    path("<slug:slug>/", spaces.space, name="space"),
    path("<slug:slug>/members/", spaces.members, name="members"),
    path("<slug:slug>/people/", spaces.people, name="people"),
    path("<slug:slug>/join/", spaces.ask_to_join, name="ask_to_join"),
    path("<slug:slug>/rules/", spaces.accept_terms, name="accept_terms"),
    path("<slug:slug>/follow/", levels.follow_space, name="follow_space"),
    path("<slug:slug>/start/", threads.start, name="start"),
    path("<slug:slug>/similar/", threads.similar_threads, name="similar"),
    path("<slug:slug>/attachments/", attachments.attach, name="attach"),
    path("<slug:slug>/line/", host_lines.write, name="host_line"),
    path("<slug:slug>/line/end/", host_lines.end, name="end_host_line"),
    path("<slug:slug>/chat/", chat.room, name="chat"),
    path("<slug:slug>/chat/after/<int:version>/", chat.after, name="chat_after"),
    path("<slug:slug>/sessions/", sessions.in_space, name="sessions"),
    path("<slug:slug>/sessions/plan/", sessions.plan, name="plan_session"),
]

_messages = [
    path("<int:pk>/report/", reports.report, {"model": Message}, name="report_message"),
    path("<int:pk>/hide/", moderation.decide, {"model": Message, "verb": "hide"}, name="hide_message"),
    path(
        "<int:pk>/restore/",
        moderation.decide,
        {"model": Message, "verb": "restore"},
        name="restore_message",
    ),
    path("<int:pk>/", chat.permalink, name="message"),
    path("<int:pk>/reply/", chat.answer, name="reply_to_message"),
    path("<int:pk>/thank/", rooms.thank, name="thank_message"),
    path("<int:pk>/thank/undo/", rooms.take_thanks_back, name="take_message_thanks_back"),
    path("<int:pk>/edit/", chat.edit, name="edit_message"),
    path("<int:pk>/delete/", chat.delete, name="delete_message"),
    path("<int:pk>/history/", chat.history, name="message_history"),
]

_catch_up = [
    path("", catch_up.catch_up, name="catch_up"),
    path("next/", catch_up.next_unread, name="next_unread"),
    path("read/", catch_up.sweep, name="sweep"),
    path("undo/<int:pk>/", catch_up.undo, name="undo_sweep"),
]

_notices = [
    path("", notices.all_notices, name="notices"),
    path("badge/", notices.badge, name="notices_badge"),
    path("seen/", notices.seen, name="notices_seen"),
    path("read/", notices.open_all, name="open_notices"),
    path("<int:pk>/", notices.follow, name="notice"),
    path("<int:pk>/mute/", notices.mute, name="mute_notice"),
]

_drafts = [
    path("", drafts.all_drafts, name="drafts"),
    path("<slug:kind>/<int:target>/", drafts.draft, name="draft"),
    path("<slug:kind>/<int:target>/save/", drafts.save, name="save_draft"),
    path("<slug:kind>/<int:target>/settle/", drafts.settle, name="settle_draft"),
    path("<slug:kind>/<int:target>/discard/", drafts.discard, name="discard_draft"),
    path("<slug:kind>/<int:target>/back/", drafts.bring_back, name="bring_draft_back"),
]

_bookmarks = [
    path("", bookmarks.all_bookmarks, name="bookmarks"),
    path("<int:pk>/", bookmarks.note, name="bookmark_note"),
    path("<int:pk>/remove/", bookmarks.remove, name="remove_bookmark"),
    path("<int:pk>/undo/", bookmarks.restore, name="restore_bookmark"),
]

_attachments = [
    path("<uuid:uuid>/", attachments.attachment, name="attachment"),
    path("<uuid:uuid>/small/", attachments.attachment, {"size": "small"}, name="small_image"),
    path("<uuid:uuid>/remove/", attachments.remove, name="remove_attachment"),
]

_conversations = [
    path("", conversations.mine, name="conversations"),
    path("start/", conversations.start, name="start_conversation"),
    path("people/", conversations.people, name="conversation_people"),
    path("badge/", conversations.badge, name="conversations_badge"),
    path("<int:pk>/", conversations.conversation, name="conversation"),
    path("<int:pk>/after/<int:version>/", conversations.after, name="conversation_after"),
    path("<int:pk>/add/", conversations.add, name="add_to_conversation"),
    path("<int:pk>/leave/", conversations.leave, name="leave_conversation"),
    path("with/<slug:handle>/let-in/", conversations.let_in, name="let_in"),
]

_sessions = [
    path("<int:pk>/", sessions.session, name="session"),
    path("<int:pk>/after/<int:version>/", sessions.after, name="session_after"),
    path("<int:pk>/calendar.ics", sessions.calendar, name="session_calendar"),
    path("<int:pk>/change/", sessions.change, name="change_session"),
    path("<int:pk>/extend/", sessions.extend, name="extend_session"),
    path("<int:pk>/end/", sessions.end, name="end_session"),
    path("<int:pk>/cancel/", sessions.cancel, name="cancel_session"),
]

_rooms = [
    path("<int:pk>/read/", chat.read, name="read_room"),
    path("<int:pk>/people/", rooms.people, name="room_people"),
    path("<int:pk>/thread/", continuations.into_thread, name="into_thread"),
    path("<int:pk>/follow/", rooms.follow, name="follow_room"),
]

_well_done = [
    path("", well_done.mine, name="well_done"),
    path("<int:pk>/show/", well_done.show, {"shown": True}, name="show_well_done"),
    path("<int:pk>/keep/", well_done.show, {"shown": False}, name="keep_well_done"),
    path("<int:pk>/remove/", well_done.remove, name="remove_well_done"),
    path("<int:pk>/stop/", well_done.stop_hearing, name="stop_hearing"),
    path("<int:pk>/report/", reports.report, {"model": WellDone}, name="report_well_done"),
    path("from/<slug:handle>/", well_done.hear_again, name="hear_again"),
]

urlpatterns = [
    path("threads/", include(_threads)),
    path("spaces/", include(_spaces)),
    path("posts/", include(_posts)),
    path("messages/", include(_messages)),
    path("catch-up/", include(_catch_up)),
    path("notices/", include(_notices)),
    path("drafts/", include(_drafts)),
    path("bookmarks/", include(_bookmarks)),
    path("attachments/", include(_attachments)),
    path("conversations/", include(_conversations)),
    path("sessions/", include(_sessions)),
    path("rooms/", include(_rooms)),
    path("well-done/", include(_well_done)),
    path("settings/mail/", preferences.mail, name="settings_mail"),
    path("settings/watching/", levels.watching, name="watching"),
    path("leaders/<slug:handle>/well-done/", well_done.say, name="say_well_done"),
    path("preview/", previews.preview, name="preview"),
    path("lines/<int:pk>/report/", reports.report, {"model": HostLine}, name="report_line"),
    path("settings/mail/slower/", preferences.slower, name="slower"),
    path("less-mail/<str:token>/", preferences.less, name="less_mail"),
    path("mute/<str:token>/", preferences.mute_by_letter, name="mute_by_letter"),
    path("settings/conversations/", conversations.settings, name="settings_conversations"),
]
