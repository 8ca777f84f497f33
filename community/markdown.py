"""Markdown becomes HTML once, at writing."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from community import quotes
from community.models.posts import QUOTE
from community.uploads import figures
from leaders.marks import is_seen

RENDERER = 4  # raised whenever the same words become another HTML: then `manage.py renew_posts`
MENTIONS_AT_MOST = 20

_QUOTE_SOURCE = re.compile(r"\A/posts/(\d{1,18})/[ \t]*(?:\n|\Z)")
# Where a line without the sign follows: Markdown would take it into the quote, history and search do not.
_QUOTE_END = re.compile(rf"{QUOTE}(?=\n(?![ ]*>)[ ]*\S)")
_QUOTE_ADDRESS, _QUOTE_LINE = re.compile(r"[ >]*>[ ]*/posts/"), re.compile(r"[ ]*>")
_MESSAGE_SOURCE = re.compile(r"/messages/([1-9]\d{0,17})/", re.ASCII)
_HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.IGNORECASE)

_TAG = re.compile(r"<[^>]*>")
_BLOCK_END = re.compile(r"</(?:p|h\d|li|pre|t[dh]|blockquote|figure|figcaption)>|<br>|<hr>")
_ENDLESS_WORD = re.compile(r"\S{1000}")

_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", *figures.TAGS,
}  # fmt: skip
_MESSAGE_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}


_ATTRIBUTES = {
    "a": {"href", "data-leader"},
    "blockquote": {"data-quote"},
    "ol": {"start"},
    "p": {"data-message"},
    **figures.ATTRIBUTES,
}


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=_ATTRIBUTES,
        attribute_filter=figures.only_ours,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


_POSTS, _MESSAGES = _cleaner(_TAGS), _cleaner(_MESSAGE_TAGS)


@dataclass
class Rendered:
    """HTML that is safe to show, and the rows that it speaks of."""

    html: str
    mentions: list = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)
    attachments: list = field(default_factory=list)
    undescribed: int = 0  # images of the text's own without a word of what they show
    loose: int = 0  # quotes that QUOTE does not find, or not to their end: history and search would tell them


def render(
    body: str,
    mentionable: Callable[[set[str]], Iterable] | None = None,
    attachable: Callable[[set[figures.Place]], Mapping] | None = None,
) -> Rendered:
    """Render a post. `mentionable` returns the leaders among some handles who may be named here,
    `attachable` the attachments among some places in the text that may be shown there."""
    return _render(body, mentionable, _POSTS, attachable)


def render_message(body: str, mentionable: Callable[[set[str]], Iterable] | None = None) -> Rendered:
    """Render a chat message: the same, without headings and tables."""
    return _render(body, mentionable, _MESSAGES)


def named_in(html: str) -> set[int]:
    """The ids of the leaders whom stored HTML names."""
    return {int(number) for number in re.findall(r' data-leader="(\d+)"', html)}


def plain_text(html: str) -> str:
    """The words of stored HTML as they are read, without the posts that it quotes."""
    own = figures.in_words(quotes.without_posts(html))
    return unescape(_TAG.sub("", _BLOCK_END.sub(" ", own))).strip()


def says_nothing(rendered: Rendered) -> bool:
    """Whether a reader would see no sign of it: spaces, signs of no width, an empty list."""
    carries = rendered.attachments or rendered.messages or rendered.quotes
    return not carries and not is_seen(unescape(_TAG.sub("", rendered.html)))


def _render(body, mentionable, cleaner, attachable=None) -> Rendered:
    env: dict = {"handles": set(), "quotes": [], "places": set(), "undescribed": 0, "loose": 0}
    env |= {"messages": [], "takes_messages": cleaner is _POSTS}
    tokens = _parser.parse(_QUOTE_END.sub(r"\g<0>\n", body), env)
    wanted = set(sorted(env["handles"])[:MENTIONS_AT_MOST])
    leaders = list(mentionable(wanted)) if mentionable and wanted else []
    env["leaders"] = {leader.handle: leader for leader in leaders}
    env["attachments"] = attachable(env["places"]) if attachable and env["places"] else {}
    html = cleaner.clean(_parser.renderer.render(tokens, _parser.options, env))
    own = [shown for (_, quote), shown in env["attachments"].items() if quote is None]
    quoted, said = (list(dict.fromkeys(env[name])) for name in ("quotes", "messages"))
    return Rendered(html, leaders, quoted, said, own, env["undescribed"], env["loose"])


def _mention_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "@" or (state.pos and (state.src[state.pos - 1].isalnum() or state.linkLevel)):
        return False
    found = _HANDLE.match(state.src, state.pos + 1)
    if not found:
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content = found[0].lower()
        state.env["handles"].add(token.content)
    state.pos = found.end()
    return True


def _mention_html(renderer, tokens, index, options, env) -> str:
    handle = tokens[index].content
    leader = env.get("leaders", {}).get(handle)
    return f'<a href="/leaders/{handle}/" data-leader="{leader.pk}">@{handle}</a>' if leader else f"@{handle}"


def _quote_rule(state: StateCore) -> None:
    for opening, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if opening.type != "blockquote_open" or paragraph.type != "paragraph_open":
            continue
        if found := _QUOTE_SOURCE.match(inline.content):
            opening.attrSet("data-quote", str(int(found[1])))
            inline.content = inline.content[found.end() :]
            state.env["quotes"].append(int(found[1]))
            state.env["loose"] += not _is_marked(state, paragraph.map[0], opening.map[1])


def _message_rule(state: StateCore) -> None:
    """A quote that is nothing but the address of a chat message: a place for its words."""
    if not state.env["takes_messages"]:
        return
    kept, at = [], 0
    while at < len(state.tokens):
        number = _message_in(state.tokens[at : at + 5])
        if number:
            kept.append(Token("message", "", 0, block=True, meta={"message": number}))
            state.env["messages"].append(number)
        else:
            kept.append(state.tokens[at])
        at += 5 if number else 1
    state.tokens = kept


def _message_in(tokens: list[Token]) -> int | None:
    kinds = ["blockquote_open", "paragraph_open", "inline", "paragraph_close", "blockquote_close"]
    if [token.type for token in tokens] != kinds:
        return None
    found = _MESSAGE_SOURCE.fullmatch(tokens[2].content.strip())
    return int(found[1]) if found else None


def _message_html(renderer, tokens, index, options, env) -> str:
    return f'<p data-message="{tokens[index].meta["message"]}"></p>\n'


def _is_marked(state: StateCore, first: int, end: int) -> bool:
    """Whether each line of a quote begins with its sign, where history and search look for it."""
    address, *others = state.src.split("\n")[first:end]
    rest = (line for line in others if line.strip())
    return bool(_QUOTE_ADDRESS.match(address)) and all(_QUOTE_LINE.match(line) for line in rest)


class _Linkify(LinkifyIt):
    """Finds bare addresses, but not in words without an end, which would keep it busy for seconds."""

    def pretest(self, text: str) -> bool:
        return not _ENDLESS_WORD.search(text) and super().pretest(text)


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough", "linkify"])
    # Its search for the scheme takes seconds where many begin; the rule of the core finds the same.
    parser.inline.ruler.disable("linkify")
    parser.linkify = _Linkify()
    parser.disable("image")
    parser.inline.ruler.before("link", "mention", _mention_rule)
    parser.core.ruler.before("inline", "quote", _quote_rule)
    parser.core.ruler.before("inline", "message", _message_rule)
    parser.add_render_rule("mention", _mention_html)
    parser.add_render_rule("message", _message_html)
    figures.add_to(parser)
    parser.add_render_rule("link_open", _link)
    parser.core.ruler.push("heading", _heading_rule)
    return parser


def _link(renderer, tokens, index, options, env) -> str:
    """A link without words says where it leads, so that everybody can see and hear it."""
    opening = renderer.renderToken(tokens, index, options, env)
    end = next(at for at in range(index, len(tokens)) if tokens[at].type == "link_close")
    words = "".join(token.content for token in tokens[index:end])
    return opening if is_seen(words) else opening + escape(tokens[index].attrGet("href") or "[]()")


def _heading_rule(state: StateCore) -> None:
    """Headings stand below those of the page, and leave out no level; one without words is none."""
    above: list[int] = []  # those under which one is, as they were typed
    outside: list[list[int]] = []  # of quotes, which not everybody is shown
    for opening, inside, closing in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if opening.type == "blockquote_open":
            outside.append(above)
        elif opening.type == "blockquote_close":
            above = outside.pop()
        elif opening.type in ("heading_open", "th_open") and not is_seen(inside.content):
            opening.tag = closing.tag = "p" if opening.type == "heading_open" else "td"
        elif opening.type == "heading_open":
            typed = int(opening.tag[1])
            above = [*(level for level in above if level < typed), typed]
            opening.tag = closing.tag = f"h{min(6, 2 + len(above))}"


_parser = _make_parser()
