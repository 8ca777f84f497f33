"""The shape of what people write."""

from community.forms.drafts import (
    DraftField,
    DraftForm,
    SettleForm,
)
from community.forms.files import (
    ACCEPT,
    UploadForm,
)
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
    SweepForm,
    ThreadLevelForm,
)
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
    "BaseField",
    "BodyField",
    "BookmarkForm",
    "DayForm",
    "DraftField",
    "DraftForm",
    "EditForm",
    "EditMessageForm",
    "JoinRequestForm",
    "LevelForm",
    "MarkForm",
    "MergeForm",
    "MessageField",
    "MessageForm",
    "MoveForm",
    "NoticesForm",
    "NumbersField",
    "PreviewForm",
    "ReasonForm",
    "ReplyForm",
    "ReportForm",
    "SeenForm",
    "SettleForm",
    "SplitForm",
    "SweepForm",
    "ThanksForm",
    "ThreadField",
    "ThreadForm",
    "ThreadLevelForm",
    "TitleForm",
    "UUIDField",
    "UploadForm",
    "WellDoneForm",
    "WithinForm",
]
