"""What looks like details of a patient in words that somebody is about to share. Nothing of it is kept."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from community.permissions import Unfit

LOOKED_AT = 20_000  # characters: a whole post
AGE_IN_OLD_DATES = 16  # a full date in figures that is older than so many years is hardly that of a meeting
BIRTH_OF_THE_NHS = date(1948, 7, 5)


class Detail(NamedTuple):
    """A piece of a text, and what it looks like."""

    kind: str
    words: str


def details(text: str) -> list[Detail]:
    """What in a text looks like a patient's, each piece once, as it stands there."""
    if not _MAY_HOLD.search(text):
        return []
    text = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text[:LOOKED_AT]))
    found = [detail for look in (_nhs_numbers, _births, _postcodes, _reached) for detail in look(text)]
    return list(dict.fromkeys(found))


def kinds(found: list[Detail]) -> str:
    """What was found, in words: “an NHS number and a postcode”."""
    names = list(dict.fromkeys(detail.kind for detail in found))
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


class PatientDetails(Unfit):
    """What looks like a patient's, until its writer says that it is none; its sentence repeats nothing."""

    advice = {"asks": True}

    def __init__(self, found: list[Detail]):
        self.found, self.kinds = found, kinds(found)
        super().__init__(
            f"There is what looks like {self.kinds} in your words. If it could be a patient’s, please take "
            "it out. If it could not, send it anyway."
        )

    @property
    def in_full(self) -> str:
        """The sentence for the writer's own page, which shows the pieces; not for a log or a letter."""
        pieces = "; ".join(detail.words for detail in self.found)
        return f"{self} Look for: {pieces}"


def ask(words: str, *, sure: bool, former: str = "") -> None:
    """Raise PatientDetails for what is new and looks like it, unless the writer is sure that it is none."""
    if sure:
        return
    known = set(details(former)) if former else set()
    if found := [detail for detail in details(words) if detail not in known]:
        raise PatientDetails(found)


_MAY_HOLD = re.compile(r"[\d@]")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b[0-9a-f]{8}-[0-9a-f-]{27}")


# --- NHS numbers: ten figures, of which the last one checks the others


_IN_THREES = re.compile(r"(?<![\w+£$€.,/-])(\d{3})([ .–-])(\d{3})\2(\d{4})(?![\w/]|[.,-]\d)")
_IN_A_ROW = re.compile(r"(?<![\w+£$€.,/-])\d{10}(?![\w/]|[.,-]\d)")
_NAMED = re.compile(
    r"\b(?:nhs|chi|h&c)\b[ \t]*(?:number|no\b\.?|num\b)?[^\d\n]{0,15}(\d(?:[ .–-]?\d){9})(?!\d)", re.I
)
_COUNTRY = re.compile(r"\+\d{1,3}[ -]?\Z")


def _nhs_numbers(text: str) -> Iterator[Detail]:
    shaped = [found[0] for found in _IN_THREES.finditer(text) if not _follows_country(text, found.start())]
    plain = [found[0] for found in _IN_A_ROW.finditer(text) if _is_issued(found[0])]
    named = [found[1] for found in _NAMED.finditer(text)]
    for words in shaped + plain + named:
        if _is_checked(words):
            yield Detail("an NHS number", words)


def _is_checked(words: str) -> bool:
    """Whether the last figure checks the nine before it: modulus 11, as in the NHS Data Dictionary."""
    figures = [int(sign) for sign in words if sign.isdigit()]
    total = sum(weight * figure for weight, figure in zip(range(10, 1, -1), figures, strict=False))
    return (11 - total % 11) % 11 == figures[-1]


def _is_issued(words: str) -> bool:
    """Whether a number in a row begins as those do that are given out, which few other numbers do."""
    is_english, is_northern = words[0] in "4679", "320" <= words[:3] <= "399"
    day, month = int(words[:2]), int(words[2:4])
    return is_english or is_northern or (1 <= day <= 31 and 1 <= month <= 12)  # Scottish: a date of birth


def _follows_country(text: str, start: int) -> bool:
    return bool(_COUNTRY.search(text[max(start - 6, 0) : start]))


# --- Dates of birth


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_BIRTH = r"(?:\bd\.?[ ]?o\.?[ ]?b\b\.?|\bdate of birth|\bborn\b|\bbirth ?dates?\b|\bbirthday)"
_DATE = (
    r"(?P<d>\d{1,2})(?P<s>[/.-]) ?(?P<m>\d{1,2})(?P=s) ?(?P<y>\d{4}|\d{2})(?!\d)"
    r"|(?P<y2>\d{4})-(?P<m2>\d{2})-(?P<d2>\d{2})(?!\d)"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m3>{_MONTH}),? (?P<y3>\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?P<m4>{_MONTH}) (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})(?!\d)"
)
_BORN = re.compile(rf"{_BIRTH}[^\d\n]{{0,20}}?(?<!\d)(?P<date>{_DATE})", re.I)
_OLD_DATE = re.compile(
    r"(?<![\w/.,-])(?P<d>\d{1,2})(?P<s>[/.-])(?P<m>\d{1,2})(?P=s)(?P<y>(?:19|20)\d{2})(?![\w/]|[.,-]\d)"
)


def _births(text: str) -> Iterator[Detail]:
    for found in _BORN.finditer(text):
        if (day := _day(found)) and day != BIRTH_OF_THE_NHS:
            yield Detail("a date of birth", found["date"])
    for found in _OLD_DATE.finditer(text):
        day = _day(found)
        if day and day.year <= date.today().year - AGE_IN_OLD_DATES and day != BIRTH_OF_THE_NHS:
            yield Detail("a date of birth", found[0])


def _day(found: re.Match) -> date | None:
    """The day that a date names, if there is such a day in the life of anybody now."""
    parts = found.groupdict()
    day, month, year = (next(parts[n] for n in _PARTS[name] if parts.get(n)) for name in "dmy")
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    today = date.today()
    whole = int(year) if len(year) == 4 else int(year) + (2000 if int(year) <= today.year % 100 else 1900)
    try:
        found_day = date(whole, number, int(day))
    except ValueError:
        return None
    return found_day if whole >= 1900 and found_day <= today else None


_PARTS = {name: (name, f"{name}2", f"{name}3", f"{name}4") for name in "dmy"}


# --- Postcodes


_AREAS = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK"
    "|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG"
    "|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR"
    "|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
_CODE = rf"(?:{_AREAS})\d[\dA-HJKMNPR-Y]? ?\d[ABD-HJLNP-UW-Z]{{2}}"
_POSTCODE = re.compile(rf"(?<![\w/-]){_CODE}(?![\w/-])")
_NAMED_CODE = re.compile(
    rf"\b(?:post ?code|lives? (?:at|in)|address)\b[^\n]{{0,60}}?(?<![\w/-])({_CODE})(?![\w/-])", re.I
)


def _postcodes(text: str) -> Iterator[Detail]:
    for found in _POSTCODE.finditer(text):
        yield Detail("a postcode", found[0])
    for found in _NAMED_CODE.finditer(text):
        yield Detail("a postcode", found[1])


# --- Telephones and e-mail addresses where somebody speaks of a patient: a colleague's are ordinary


_OF_A_SERVICE = (
    r"(?! (?:line|services?|participation|groups?|liaison|advice|access|experience|safety|transport"
    r"|helpline|portal))"
)
_PATIENT = rf"\b(?:patient(?:['’]s)?\b{_OF_A_SERVICE}|pt\b|service user\b|next of kin\b|nok\b|carer\b)"
_PHONE = r"(?<![\w+])(?:\+44 ?(?:\(0\))?|\(?0)[127]\d{1,4}\)?(?:[ -]?\d){5,8}(?!\d)"
_EMAIL = r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
_REACHED = re.compile(rf"{_PATIENT}[^\n]{{0,80}}?(?:(?P<phone>{_PHONE})|(?P<email>{_EMAIL}))", re.I)


def _reached(text: str) -> Iterator[Detail]:
    for found in _REACHED.finditer(text):
        kind = "a phone number" if found["phone"] else "an e-mail address"
        yield Detail(kind, found["phone"] or found["email"])
