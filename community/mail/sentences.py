"""What a letter says of one notice, as far as the space that it comes from lets it leave."""

from community.models import Notice, NoticeKind

SENTENCES = {
    NoticeKind.REPLY: "{who} replied {where}",
    NoticeKind.MENTION: "{who} mentioned you {where}",
    NoticeKind.CHAT_MENTION: "{who} mentioned you in the chat of {space}",
    NoticeKind.DIRECT: "Somebody wrote to you",  # not even who: a letter may be seen by others
    NoticeKind.CHAT: "{number} new in the chat of {space}",
    NoticeKind.CARRIED: "{who} carried on in a thread what you said in the chat: “{title}”",
    NoticeKind.QUOTE: "{who} quoted you {where}",
    NoticeKind.ANSWERED: "Your question has an answer {where}",
    NoticeKind.THREAD: "{who} started “{title}”",
    NoticeKind.THANKS: "{who} thanked you for your post {where}{words}",
    NoticeKind.WELL_DONE: "{who} said well done to you",
    NoticeKind.ANSWER: "Your reply was marked as the answer {where}",
    NoticeKind.MODERATION: "A moderator has decided something that concerns you",
    NoticeKind.REPORT: "A moderator has decided something that concerns you",
    NoticeKind.CASE: "A report waits for you in {space}",
    NoticeKind.SESSION: "News of a session in {space}",
    NoticeKind.FIRST_POST: "A first post waits for a few words {where}",
    NoticeKind.MEMBERSHIP: "Your place in {space} has changed",
}
WITHOUT_SPACE = {
    NoticeKind.CHAT_MENTION: "Somebody mentioned you",
    NoticeKind.CASE: "A report waits for you in a conversation",
    NoticeKind.MEMBERSHIP: "Your spaces have changed",
}


def of(notice: Notice, *, is_open: bool) -> str:
    """What happened; who did it and their words only where everything may leave."""
    title = notice.thread.title if notice.thread else ""
    return _pattern(notice).format(
        who=(is_open and str(notice.actor or "")) or "Somebody",
        words=f": “{notice.words}”" if notice.words and is_open else "",
        where=f"in “{title}”" if title else "",
        title=title,
        space=notice.space,
        number=notice.replies if notice.kind == NoticeKind.REPLY else notice.said,
    )


def _pattern(notice: Notice) -> str:
    """The sentence of its kind, which may depend on how many there are and where."""
    match notice.kind:
        case NoticeKind.REPLY if notice.replies > 1:
            return "{number} new replies {where}"
        case NoticeKind.DIRECT if notice.said > 1:
            return "{number} new messages for you"
        case NoticeKind.CHAT if not notice.said:
            return "1 new in the chat of {space}"
        case NoticeKind.THANKS if notice.room_id:
            return "{who} thanked you for your message in a chat{words}"
        case NoticeKind.CHAT_MENTION | NoticeKind.CASE | NoticeKind.MEMBERSHIP if not notice.space:
            return WITHOUT_SPACE[notice.kind]
    return SENTENCES.get(notice.kind, "Something new for you")
