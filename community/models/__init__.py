from community.models.attachments import Attachment, AttachmentKind
from community.models.bookmarks import Bookmark
from community.models.channels import Channel, NoticeChoice
from community.models.chat import CONVERSATION_LEVELS, ROOM_LEVELS, Message, MessageRevision, RoomReading
from community.models.continuations import CARRIED_AT_MOST, MessageQuote
from community.models.drafts import Aside, Draft, DraftKind
from community.models.errands import Errand, ErrandKind
from community.models.host_lines import HostLine
from community.models.inbound import InboundMail, InboundReason, InboundState, ReplyKey
from community.models.letters import STRANDED, UNFINISHED, Digest, InHand, Letter, LetterState, Mail
from community.models.memberships import JoinRequest, SpaceMembership, SpaceRole, TermsAcceptance
from community.models.moderation import PRIORITY, TO_MANY, Case, Category, Decision, Report, Reported
from community.models.notices import Notice, NoticeKind
from community.models.posts import Mention, Post, Quote, Revision
from community.models.reading import SPACE_LEVELS, THREAD_LEVELS, Level, Reading, SpaceLevel, Sweep
from community.models.relocations import Relocation
from community.models.rooms import KeptOut, NobodyNew, Participant, Room, RoomKind
from community.models.sessions import Session
from community.models.spaces import MailRule, Space, SpaceKind
from community.models.thanks import Thanks
from community.models.threads import POSTS_PER_PAGE, Thread, ThreadKind, hold
from community.models.titles import FormerTitle
from community.models.transfers import Transfer
from community.models.well_done import Unheard, WellDone

__all__ = [
    "CARRIED_AT_MOST",
    "CONVERSATION_LEVELS",
    "POSTS_PER_PAGE",
    "PRIORITY",
    "ROOM_LEVELS",
    "SPACE_LEVELS",
    "STRANDED",
    "THREAD_LEVELS",
    "TO_MANY",
    "UNFINISHED",
    "Aside",
    "Attachment",
    "AttachmentKind",
    "Bookmark",
    "Case",
    "Category",
    "Channel",
    "Decision",
    "Digest",
    "Draft",
    "DraftKind",
    "Errand",
    "ErrandKind",
    "FormerTitle",
    "HostLine",
    "InHand",
    "InboundMail",
    "InboundReason",
    "InboundState",
    "JoinRequest",
    "KeptOut",
    "Letter",
    "LetterState",
    "Level",
    "Mail",
    "MailRule",
    "Mention",
    "Message",
    "MessageQuote",
    "MessageRevision",
    "NobodyNew",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "Participant",
    "Post",
    "Quote",
    "Reading",
    "Relocation",
    "ReplyKey",
    "Report",
    "Reported",
    "Revision",
    "Room",
    "RoomKind",
    "RoomReading",
    "Session",
    "Space",
    "SpaceKind",
    "SpaceLevel",
    "SpaceMembership",
    "SpaceRole",
    "Sweep",
    "TermsAcceptance",
    "Thanks",
    "Thread",
    "ThreadKind",
    "Transfer",
    "Unheard",
    "WellDone",
    "hold",
]
