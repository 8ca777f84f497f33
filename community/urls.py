from django.urls import path

from community.models import Message, Post, Thread
from community.views import (
    bookmarks,
    chat,
    levels,
    moderation,
    notices,
    posts,
    reports,
    revisions,
    search,
    spaces,
    threads,
)

urlpatterns = [
    path("spaces/", spaces.all_spaces, name="spaces"),
    path("spaces/<slug:slug>/", spaces.space, name="space"),
    path("spaces/<slug:slug>/members/", spaces.members, name="members"),
    path("spaces/<slug:slug>/join/", spaces.ask_to_join, name="ask_to_join"),
    path("spaces/<slug:slug>/rules/", spaces.accept_terms, name="accept_terms"),
    path("spaces/<slug:slug>/follow/", levels.follow_space, name="follow_space"),
    path("spaces/<slug:slug>/start/", threads.start, name="start"),
    path("threads/<int:pk>/", threads.thread, name="thread_by_id"),
    path("threads/<int:pk>/reply/", threads.reply, name="reply"),
    path("threads/<int:pk>/posts/", threads.fragments, name="posts"),
    path("threads/<int:pk>/seen/", threads.seen, name="seen"),
    path("threads/<int:pk>/rename/", threads.rename, name="rename"),
    path("threads/<int:pk>/follow/", levels.follow, name="follow"),
    path("settings/watching/", levels.watching, name="watching"),
    path("threads/<int:pk>/unread/<int:number>/", threads.mark_unread, name="mark_unread"),
    *(
        path(
            f"threads/<int:pk>/{verb}/",
            moderation.decide,
            {"model": Thread, "verb": verb},
            name=f"{verb}_thread",
        )
        for verb in ("hide", "restore", "close", "reopen", "pin", "unpin", "move")
    ),
    path("threads/<int:pk>/<slug:slug>/", threads.thread, name="thread"),
    path("posts/<int:pk>/", posts.permalink, name="post"),
    path("posts/<int:pk>/edit/", posts.edit, name="edit"),
    path("posts/<int:pk>/answer/", posts.mark_answer, name="mark_answer"),
    path("posts/<int:pk>/answer/undo/", posts.unmark_answer, name="unmark_answer"),
    path("posts/<int:pk>/history/", revisions.history, name="post_history"),
    path(
        "posts/<int:pk>/history/<int:version>/hide/",
        revisions.decide,
        {"verb": "hide_revision"},
        name="hide_revision",
    ),
    path(
        "posts/<int:pk>/history/<int:version>/restore/",
        revisions.decide,
        {"verb": "restore_revision"},
        name="restore_revision",
    ),
    path("posts/<int:pk>/thank/", posts.thank, name="thank"),
    path("posts/<int:pk>/thank/undo/", posts.take_thanks_back, name="take_thanks_back"),
    path("posts/<int:pk>/bookmark/", posts.bookmark, name="bookmark"),
    path("posts/<int:pk>/bookmark/undo/", posts.take_bookmark_back, name="take_bookmark_back"),
    path("posts/<int:pk>/report/", reports.report, {"model": Post}, name="report_post"),
    path("posts/<int:pk>/hide/", moderation.decide, {"model": Post, "verb": "hide"}, name="hide_post"),
    path(
        "posts/<int:pk>/restore/", moderation.decide, {"model": Post, "verb": "restore"}, name="restore_post"
    ),
    path("bookmarks/", bookmarks.all_bookmarks, name="bookmarks"),
    path("bookmarks/<int:pk>/", bookmarks.note, name="bookmark_note"),
    path("bookmarks/<int:pk>/remove/", bookmarks.remove, name="remove_bookmark"),
    path("bookmarks/<int:pk>/undo/", bookmarks.restore, name="restore_bookmark"),
    path("messages/<int:pk>/report/", reports.report, {"model": Message}, name="report_message"),
    path(
        "messages/<int:pk>/hide/", moderation.decide, {"model": Message, "verb": "hide"}, name="hide_message"
    ),
    path(
        "messages/<int:pk>/restore/",
        moderation.decide,
        {"model": Message, "verb": "restore"},
        name="restore_message",
    ),
    path("preview/", threads.preview, name="preview"),
    path("search/", search.search, name="search"),
    path("notices/", notices.all_notices, name="notices"),
    path("notices/badge/", notices.badge, name="notices_badge"),
    path("notices/read/", notices.open_all, name="open_notices"),
    path("notices/<int:pk>/", notices.follow, name="notice"),
    path("notices/<int:pk>/mute/", notices.mute, name="mute_notice"),
    path("spaces/<slug:slug>/chat/", chat.room, name="chat"),
    path("spaces/<slug:slug>/chat/after/<int:version>/", chat.after, name="chat_after"),
    path("messages/<int:pk>/", chat.permalink, name="message"),
    path("messages/<int:pk>/edit/", chat.edit, name="edit_message"),
    path("messages/<int:pk>/history/", chat.history, name="message_history"),
]
