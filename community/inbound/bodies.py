"""What somebody has just written in an e-mail, without what it quotes and what stands below it."""

import re
from collections.abc import Collection
from html import unescape
from urllib.parse import quote

import nh3
from email_reply_extractor import clean_for_scoring, extract_new_text, split_html_parts

TEXT_AT_MOST, LINES_AT_MOST = 22_000, 500  # looked at; a post has 20,000 characters
HTML_AT_MOST, TAGS_AT_MOST = 200_000, 5_000

QUOTES_AT_MOST = 20

_TAGS = {
    "p",
    "div",
    "br",
    "span",
    "blockquote",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "hr",
    "pre",
    "h1",
    "h2",
    "h3",
}
_MASK = "\ue000"
_LINK = re.compile(r'<a href="(https?://[^"]{1,2000})">(.*?)</a>', re.DOTALL)  # as nh3 writes it
_LINKED = re.compile("\ue001([0-9]{1,3})\ue002")
_MARKS = re.compile("[\ue001\ue002]")
LINKS_AT_MOST = 100
_BEGINS = re.compile(r"(?<![^\n> \t])On(?=\s)")
_QUOTED = re.compile(r"[ \t]*>")
_ATTRIBUTION = re.compile(r"[^\n]{0,300}(?:\n[^\n]{0,200})?:\s*\Z")
_RULE = re.compile(r"[\s*_=\-–—#•]{3,}")
_DIVIDER = re.compile(r"\s*-{3,}[^\n]{0,60}-{3,}\s*")
_SIGNATURE = re.compile(r"-- ?")
_YEAR = re.compile(r"\b20\d\d\b|\b\d{1,2}[:.h]\d\d\b")
_PHONE = re.compile(
    r"(?:sent from|get outlook for|sent via|sent with \[?proton|von meinem \S+ gesendet|gesendet (?:von|mit)"
    r"|envoyé de(?:puis)?|anfonwyd o|enviado d(?:esde|[eo])|inviato da|(?:verstuurd|verzonden) vanaf"
    r"|skickat från|send(?:t)? fra|lähetetty|wysłane z|odesláno z|trimis de pe|yahoo mail)\b[^\n]{0,80}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:with )?(?:kind(?:est)? |best |warm(?:est)? )?(?:regards|wishes)|all the best|yours sincerely"
    r"|(?:mit freundlichen|viele|liebe) grüßen?|cordialement|bien à vous|cofion(?: gorau)?|saludos)[,.!]?",
    re.IGNORECASE,
)
_CARD = re.compile(r"\d[\d ()-]{7,}\d|\S@\S+\.\S|\S \| \S|https?://|www\.", re.IGNORECASE)
_SAYS = re.compile(r".{61,}|.*[.?!:;,]\s*")  # no line of a card: a sentence, or the beginning of one
CARD_AT_MOST = 12  # lines
_DISCLAIMER = re.compile(
    r"(?:this (?:e-?mail|message)\b.{0,200}\b(?:confidential|intended|privileged)"
    r"|the (?:information|contents?) (?:contained )?(?:in|of) this (?:e-?mail|message)"
    r"|if you (?:are not|have received)\b.{0,80}\b(?:recipient|error)"
    r"|(?:diese|ce|cet) (?:e-?mail|nachricht|message|courriel)\b.{0,200}\b(?:vertraulich|confidentiel)"
    r"|mae'r (?:e-?bost|neges)\b.{0,200}\bgyfrinachol)",
    re.IGNORECASE | re.DOTALL,
)
_KEY = re.compile(r"\+[0-9a-f]{32}@")
_INDENT = re.compile(r"^[ \t]{4,}", re.MULTILINE)


def own_words(plain: str, html: str, *, above: str, ours: Collection[str]) -> str:
    """The new words of a reply.

    `above` stands in our letters, and is quoted with them; `ours` are addresses that the line before such
    a quote names, in whatever language it is.
    """
    links: list[str] = []
    text = plain if plain.strip() else split_html_parts(_tidy(html, links)).novel_text
    text = text[:TEXT_AT_MOST].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    text = "\n".join(text.split("\n")[:LINES_AT_MOST])
    head, is_found = _before(text, above)
    if words := _new(_without_attribution(head, ours, whatever_follows=is_found)):
        return _with_links(words, links)
    return _with_links(_new(_without_attribution(_without_line(text, above), ours)), links)


def _tidy(html: str, links: list[str]) -> str:
    """Well-formed HTML: Python's own parser takes hours over some that is not. Links are marks, by number."""
    html = "<".join(html[:HTML_AT_MOST].split("<")[:TAGS_AT_MOST])
    hidden = {"script", "style", "title"}
    kept = {"*": {"class", "id"}, "a": {"href"}}
    schemes = {"http", "https"}
    tidy = nh3.clean(
        html,
        tags={*_TAGS, "a"},
        clean_content_tags=hidden,
        attributes=kept,
        url_schemes=schemes,
        link_rel=None,
    )
    return _LINK.sub(lambda found: _marked(found, links), _MARKS.sub("", tidy))


def _marked(link: re.Match, links: list[str]) -> str:
    """The words of a link, and a mark where they do not say its address: it stays one line while we look."""
    address, words = unescape(link[1]), unescape(re.sub(r"<[^>]*>", "", link[2])).strip()
    said = words.lower().strip("/")
    if not words or said in (address.lower().strip("/"), address.partition("://")[2].lower().strip("/")):
        return link[2]
    if len(links) == LINKS_AT_MOST:
        return link[2]
    links.append(quote(address, safe="%/:=&?~#+!$,;'@()*[]"))
    return f"{link[2]}\ue001{len(links) - 1}\ue002"


def _with_links(words: str, links: list[str]) -> str:
    """Words with the addresses behind them, for those of an HTML letter."""
    if not links:
        return words
    return _LINKED.sub(lambda mark: f" (<{links[int(mark[1])]}>)" if int(mark[1]) < len(links) else "", words)


def _before(text: str, above: str) -> tuple[str, bool]:
    """What stands before our line, wherever a mail program broke it; and whether it is there."""
    words = [re.escape(word) for word in above.split()]
    found = re.search(r"[\s>*]+".join(words), text)
    return (text[: found.start()] if found else text), bool(found)


def _without_line(text: str, above: str) -> str:
    words = [re.escape(word) for word in above.split()]
    return re.sub(r"[\s>*]+".join(words), "", text)


def _without_attribution(text: str, ours: Collection[str], *, whatever_follows: bool = False) -> str:
    """Without the last block that names us as the sender: “on such a day, … wrote”, or From, To, Subject."""
    lines = _trimmed(text.split("\n"))
    for at in range(len(lines) - 1, max(len(lines) - 16, -1), -1):
        line = _KEY.sub("@", lines[at].lower()) if whatever_follows else lines[at].lower()
        names_us = ":" in line and any(address in line for address in ours)
        if names_us and (whatever_follows or _ends_there(lines[at:])):
            begins_above = at and lines[at - 1].strip() and _wraps(lines[at - 1], lines[at])
            lines = lines[: at - 1 if begins_above else at]
            break
    return "\n".join(_trimmed(lines))


def _ends_there(block: list[str]) -> bool:
    """Whether a block is no more than the head of a quote."""
    filled = [line for line in block if line.strip()]
    return all(":" in line or _QUOTED.match(line) for line in filled[1:]) and len(filled) <= 8


def _wraps(line: str, following: str) -> bool:
    """Whether an attribution began a line earlier."""
    return line.rstrip().endswith(("<", "(")) or bool(_YEAR.search(line) and not _YEAR.search(following))


def _new(text: str) -> str:
    """Without quotes, signature and disclaimer; if that leaves nothing, with the last two."""
    extracted = _without_last_attribution(_extracted(text), text)
    lines = _without_foot(extracted.split("\n"))
    ignored = set(clean_for_scoring("\n".join(lines)).ignored_lines)
    kept = len(lines)
    while kept and (not lines[kept - 1].strip() or kept - 1 in ignored):
        kept -= 1
    words = "\n".join(_trimmed(lines[:kept]) or _trimmed(lines))
    return _INDENT.sub("   ", words).strip()


def _extracted(text: str) -> str:
    """What the library leaves. Its time grows with the square of how often a quote could begin: with “On”."""
    text = text.replace(_MASK, "")
    begins = [found.start() for found in _BEGINS.finditer(text)]
    kept = set(begins[-QUOTES_AT_MOST:])
    masked = re.sub("On", lambda on: "On" if on.start() in kept else f"O{_MASK}n", text)
    return extract_new_text(masked).text.replace(_MASK, "")


def _without_last_attribution(extracted: str, text: str) -> str:
    """Some languages are not known to the library: a last line with a time and a colon heads a quote."""
    last = extracted.rstrip().rpartition("\n\n")
    before_quote = any(_QUOTED.match(line) for line in text.split("\n"))
    if before_quote and _ATTRIBUTION.fullmatch(last[2]) and _YEAR.search(last[2]):
        return last[0]
    return extracted


def _without_foot(lines: list[str]) -> list[str]:
    """Without a signature after its sign, a telephone's line, and what an employer adds."""
    for at, line in enumerate(lines):
        rest = "\n".join(lines[at : at + 6])
        if _SIGNATURE.fullmatch(line) or _PHONE.fullmatch(line.strip()) or _DISCLAIMER.match(rest.strip()):
            return _trimmed(lines[:at])
    return _without_card(_trimmed(lines))


def _without_card(lines: list[str]) -> list[str]:
    """Without a closing and the card below it, with a telephone and the like: it was meant for one reader."""
    for at in range(max(len(lines) - CARD_AT_MOST, 0), len(lines)):
        below = [line for line in lines[at + 1 :] if line.strip()]
        is_card = any(map(_CARD.search, below)) and not any(map(_SAYS.fullmatch, below))
        if is_card and _CLOSING.fullmatch(lines[at].strip()):
            return _trimmed(lines[:at])
    return lines


def _trimmed(lines: list[str]) -> list[str]:
    """Without empty lines, rules and dividers at the end."""
    end = len(lines)
    while end and (
        not (line := lines[end - 1]).strip(" \t>") or _RULE.fullmatch(line) or _DIVIDER.fullmatch(line)
    ):
        end -= 1
    return lines[:end]
