"""The shape of what people write."""

from community.forms.continuations import SHOWN, SHOWN_AT_MOST, ContinueForm, size_of
from community.forms.conversations import (
    AddForm,
    BeginForm,
    LeaveForm,
    NobodyNewForm,
)
from community.forms.drafts import (
    DraftField,
    DraftForm,
    SettleForm,
)
from community.forms.files import (
    ACCEPT,
    UploadForm,
)
from community.forms.host_lines import HostLineForm
from community.forms.keeping import (
    BookmarkForm,
    ThanksForm,
    WellDoneForm,
    WithinForm,
)
from community.forms.moderation import (
    JoinRequestForm,
    MergeForm,
    MoveForm,
    NumbersField,
    ReasonForm,
    ReportForm,
    SplitForm,
    ThreadField,
)
from community.forms.reading import (
    DayForm,
    LevelForm,
    MarkForm,
    NoticesForm,
    SeenForm,
    StretchForm,
    SweepForm,
    ThreadLevelForm,
    VisitsForm,
)
from community.forms.sessions import ExtendForm, SessionForm
from community.forms.words import (
    BaseField,
    BodyField,
    EditForm,
    EditMessageForm,
    MessageField,
    MessageForm,
    PreviewForm,
    ReplyForm,
    ThreadForm,
    TitleForm,
    UUIDField,
)

__all__ = [
    "ACCEPT",
    "SHOWN",
    "SHOWN_AT_MOST",
    "AddForm",
    "BaseField",
    "BeginForm",
    "BodyField",
    "BookmarkForm",
    "ContinueForm",
    "DayForm",
    "DraftField",
    "DraftForm",
    "EditForm",
    "EditMessageForm",
    "ExtendForm",
    "HostLineForm",
    "JoinRequestForm",
    "LeaveForm",
    "LevelForm",
    "MarkForm",
    "MergeForm",
    "MessageField",
    "MessageForm",
    "MoveForm",
    "NobodyNewForm",
    "NoticesForm",
    "NumbersField",
    "PreviewForm",
    "ReasonForm",
    "ReplyForm",
    "ReportForm",
    "SeenForm",
    "SessionForm",
    "SettleForm",
    "SplitForm",
    "StretchForm",
    "SweepForm",
    "ThanksForm",
    "ThreadField",
    "ThreadForm",
    "ThreadLevelForm",
    "TitleForm",
    "UUIDField",
    "UploadForm",
    "VisitsForm",
    "WellDoneForm",
    "WithinForm",
    "size_of",
]
