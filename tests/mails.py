"""Replies as mail programs write them: what was written, and what stands around it."""

# Kept as they come, line by line.
# ruff: noqa: E501

from community.inbound.reply_keys import ABOVE

OURS = "Collaborate <collaborate@example.org>"
LETTER = f"""{ABOVE}

Hello Ana,

this concerns you on Collaborate.

* Ben Carrow replied in “Saying no kindly”
  https://collaborate.example/notices/7/
  Why this: You watch this thread."""
QUOTED = "\n".join(f"> {line}".rstrip() for line in LETTER.split("\n"))
HTML = f"""<html><head><title>Ben Carrow replied</title></head><body><div class="preheader">Dara Elling too</div>
<div role="main"><table><tr><td>{ABOVE}</td></tr><tr><td>Collaborate</td></tr><tr><td><h1>This concerns you</h1><p>Hello Ana,</p>
<p><a href="https://collaborate.example/notices/7/">Ben Carrow replied in “Saying no kindly”</a></p></td></tr></table></div></body></html>"""

DISCLAIMER = """This email and any files transmitted with it are confidential and intended solely for the use of
the individual or entity to whom they are addressed. If you have received this email in error please
notify the system manager."""
NHS = """********************************************************************************************************************

This message may contain confidential information. If you are not the intended recipient please inform the
sender that you have received the message in error before deleting it.
Please do not disclose, copy or distribute information in this e-mail or take any action in relation to its
contents. To do so is strictly prohibited and may be unlawful. Thank you for your co-operation.
"""

SAID = "Yes, we tried it for a month.\n\nIt worked: fewer calls, and calmer mornings."
HEAD = "From: Collaborate <collaborate@example.org>\nSent: 22 November 2026 14:00\nTo: Ana Brook <ana@example.org>"
HEAD += "\nSubject: Ben Carrow replied in “Saying no kindly”"
VON = "Von: Collaborate <collaborate@example.org>\nGesendet: Sonntag, 22. November 2026 14:00\nAn: Ana Brook"
VON += "\nBetreff: Ben Carrow replied in “Saying no kindly”"

KEYED = f"reply+{32 * 'a'}@inbound.example.org"

# name: (plain, html, what is new in it)
REPLIES = {
    "gmail": (f"{SAID}\n\nOn Sun, 22 Nov 2026 at 14:00, {OURS}\nwrote:\n\n{QUOTED}\n", "", SAID),
    "gmail, one line": (f"{SAID}\n\nOn Sun, 22 Nov 2026 at 14:00, {OURS} wrote:\n\n{QUOTED}\n", "", SAID),
    "gmail, html alone": (
        "",
        f'<div dir="ltr"><div>Yes, we tried it for a month.</div><div><br></div><div>It worked: fewer calls, and '
        f'calmer mornings.</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Sun, 22 Nov '
        f"2026 at 14:00, Collaborate &lt;collaborate@example.org&gt; wrote:<br></div><blockquote "
        f'class="gmail_quote">{HTML}</blockquote></div>',
        SAID,
    ),
    "outlook": (f"{SAID}\n\n________________________________\n{HEAD}\n\n{LETTER}\n", "", SAID),
    "outlook, in German, naming the address to which one replies": (
        f"{SAID}\n\n{VON.replace('collaborate@example.org', KEYED)}\n\n{LETTER}\n",
        "",
        SAID,
    ),
    "outlook, old": (f"{SAID}\n\n-----Original Message-----\n{HEAD}\n\n{LETTER}\n", "", SAID),
    "outlook, html alone": (
        "",
        "<html><head><style>p{margin:0}</style></head><body><div class=WordSection1><p class=MsoNormal>Yes, we tried "
        "it for a month.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>It worked: fewer "
        "calls, and calmer mornings.<o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p "
        "class=MsoNormal><b>From:</b> Collaborate &lt;collaborate@example.org&gt;<br><b>Sent:</b> 22 November 2026 "
        f"14:00<br><b>To:</b> Ana Brook<br><b>Subject:</b> Ben replied</p></div>{HTML}</div></body></html>",
        SAID,
    ),
    "outlook, signature and disclaimer": (
        f"{SAID}\n\nKind regards\n\nAna Brook\nClinical Director\nTel: 0191 496 0000\n\n{DISCLAIMER}\n\n"
        f"________________________________\n{HEAD}\n\n{LETTER}\n",
        "",
        None,
    ),
    "outlook for ios": (
        f"{SAID}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n{HEAD}\n\n{LETTER}",
        "",
        SAID,
    ),
    "outlook, german": (f"{SAID}\n\n{VON}\n\n{LETTER}\n", "", SAID),
    "apple mail": (f"{SAID}\n\n> On 22 Nov 2026, at 14:00, {OURS} wrote:\n> \n{QUOTED}\n\n", "", SAID),
    "iphone": (
        f"{SAID}\n\nSent from my iPhone\n\n> On 22 Nov 2026, at 14:00, {OURS} wrote:\n> \n{QUOTED}",
        "",
        SAID,
    ),
    "iphone, german": (
        f"{SAID}\n\nVon meinem iPhone gesendet\n\n> Am 22.11.2026 um 14:00 schrieb {OURS}:\n> \n{QUOTED}",
        "",
        SAID,
    ),
    "android": (
        f"{SAID}\n\nSent from my Galaxy\n\n-------- Original message --------\n{HEAD}\n\n{LETTER}",
        "",
        SAID,
    ),
    "proton": (
        f"{SAID}\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n"
        f"On Sunday, 22 November 2026 at 14:00, {OURS} wrote:\n\n{QUOTED}",
        "",
        SAID,
    ),
    "nhsmail's warning above our letter": (
        f"{SAID}\n\n________________________________\n{HEAD}\n\nThis message originated from outside of NHSmail. "
        f"Please do not click links or open attachments unless you recognise the sender.\n\n{LETTER}",
        "",
        SAID,
    ),
    "spanish": (f"{SAID}\n\nEl dom, 22 nov 2026 a las 14:00, {OURS} escribió:\n\n{QUOTED}", "", SAID),
    "urdu": (f"{SAID}\n\nاتوار، 22 نومبر 2026 کو 14:00 بجے {OURS} نے لکھا:\n\n{QUOTED}", "", SAID),
    "chinese": (f"{SAID}\n\n{OURS} 于2026年11月22日周日 14:00写道：\n\n{QUOTED}", "", SAID),
    "thunderbird, top": (f"{SAID}\n\nOn 22/11/2026 14:00, Collaborate wrote:\n{QUOTED}\n", "", SAID),
    "thunderbird, bottom": (f"On 22/11/2026 14:00, Collaborate wrote:\n{QUOTED}\n\n{SAID}\n", "", SAID),
    "thunderbird, bottom, signature": (
        f"On 22/11/2026 14:00, Collaborate wrote:\n{QUOTED}\n\n{SAID}\n\n-- \nAna Brook\nNorth PCN\n",
        "",
        SAID,
    ),
    "inline": (
        f"On 22/11/2026 14:00, Collaborate wrote:\n{QUOTED}\nYes, we tried it for a month.\n\n> And did it work?\n"
        "\nIt worked: fewer calls, and calmer mornings.\n",
        "",
        SAID,
    ),
    "german": (f"{SAID}\n\nAm So., 22. Nov. 2026 um 14:00 Uhr schrieb {OURS}:\n\n{QUOTED}", "", SAID),
    "german, wrapped": (
        f"{SAID}\n\nAm So., 22. Nov. 2026 um 14:00 Uhr schrieb Collaborate <\ncollaborate@example.org>:\n\n{QUOTED}",
        "",
        SAID,
    ),
    "french": (f"{SAID}\n\nLe dim. 22 nov. 2026 à 14:00, {OURS} a écrit :\n\n{QUOTED}", "", SAID),
    "welsh": (f"{SAID}\n\nAr Sul, 22 Tach 2026 am 14:00, ysgrifennodd {OURS}:\n\n{QUOTED}", "", SAID),
    "welsh, wrapped": (
        f"{SAID}\n\nAr ddydd Sul, 22 Tachwedd 2026 am 14:00, ysgrifennodd Collaborate\n"
        f"<collaborate@example.org>:\n\n{QUOTED}",
        "",
        SAID,
    ),
    "polish": (f"{SAID}\n\nniedz., 22 lis 2026 o 14:00 {OURS} napisał(a):\n\n{QUOTED}", "", SAID),
    "signature with its sign": (f"{SAID}\n\n-- \nDr Ana Brook\nNorth PCN\nhttps://north.example\n", "", SAID),
    "employer's disclaimer": (f"{SAID}\n\n{NHS}\n", "", SAID),
    "telephones that speak other languages": (
        f"{SAID}\n\nVerstuurd vanaf mijn iPhone\n\n> Op 22 nov 2026 om 14:00 heeft {OURS} geschreven:\n> \n{QUOTED}",
        "",
        SAID,
    ),
    "a closing, a name and how to ring": (
        f"{SAID}\n\nKind regards,\nAna\n\nDr Ana Brook | GP Partner | Larkmoor\nT: 0191 496 0000\n\n"
        f"On Sun, 22 Nov 2026 at 14:00, {OURS} wrote:\n\n{QUOTED}",
        "",
        SAID,
    ),
    "nothing quoted": (SAID, "", SAID),
    "a greeting stays": (
        f"Hi Ben,\n\n{SAID}\n\nOn Sun, 22 Nov 2026 at 14:00, {OURS} wrote:\n{QUOTED}",
        "",
        f"Hi Ben,\n\n{SAID}",
    ),
    "a short thank-you": (f"Thanks!\n\nOn Sun, 22 Nov 2026 at 14:00, {OURS} wrote:\n{QUOTED}", "", "Thanks!"),
    "a list": (
        f"Three things:\n\n- one\n- two\n- three\n\n{HEAD}\n\n{LETTER}",
        "",
        "Three things:\n\n- one\n- two\n- three",
    ),
    "a colon and a time at the end": (
        "See you at 14:00:\nthe library\n",
        "",
        "See you at 14:00:\nthe library",
    ),
    "a line broke in our mark": (
        f"{SAID}\n\n{HEAD}\n\n## To reply by e-mail, please write\nabove this line ##\n\nHello",
        "",
        SAID,
    ),
    "nothing new": (f"On Sun, 22 Nov 2026 at 14:00, {OURS} wrote:\n\n{QUOTED}\n", "", ""),
    "nothing new in outlook": (f"\n\n________________________________\n{HEAD}\n\n{LETTER}\n", "", ""),
    "only a telephone's line": (
        f"Sent from my iPhone\n\n> On 22 Nov 2026, at 14:00, {OURS} wrote:\n{QUOTED}",
        "",
        "",
    ),
}


def mail(to, body, *, by="Ana Brook <ana@example.org>", message_id="<one@mail.example>", **headers) -> bytes:
    """A message as a mail program sends it."""
    headers = {
        "From": by,
        "To": to,
        "Message-ID": message_id,
        "Subject": "Re: Ben replied",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    return head.encode() + b"\r\n" + body.replace("\n", "\r\n").encode()
