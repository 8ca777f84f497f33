"""Who wrote a message: the one to whom its key was given, if the mail server that we trust says so."""

import re
from email.utils import parseaddr

from allauth.account.models import EmailAddress
from django.conf import settings

from community.inbound import reply_keys
from community.inbound.by_return import Refused
from community.inbound.envelopes import Envelope
from community.models import InboundReason, ReplyKey
from leaders import rules
from leaders.models import Leader
from leaders.permissions import may_come_in

R = InboundReason


def writer(key: ReplyKey | None, envelope: Envelope) -> Leader:
    """Whose key it is, if the message comes from them."""
    if not _is_vouched_for(envelope):
        raise Refused(R.UNPROVEN)
    if key is None:
        known = Leader.objects.active().filter(email=envelope.sender).exists()
        raise Refused(R.KEY, "We do not know the address to which you replied." if known else "")
    if envelope.sender not in _addresses(key.leader):
        raise Refused(R.SENDER, "It came from another address than the one to which our letter went.")
    if key.has_expired:
        raise Refused(R.EXPIRED, f"Our letter is older than {reply_keys.DAYS} days.")
    if not may_come_in(key.leader):
        raise Refused(R.RIGHT, "Your account cannot be used at present.", on_site=False)
    if (in_force := rules.with_acceptance(key.leader)) and not in_force.accepted:
        raise Refused(R.RIGHT, "Our house rules have changed. Please read them on the site first.")
    return key.leader


def ours() -> set[str]:
    """Addresses from which we write, and the one to which people reply."""
    return {
        parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower(),
        settings.CONTACT_EMAIL.lower(),
        settings.INBOUND_ADDRESS.lower(),
    } - {""}


def _addresses(leader: Leader) -> set[str]:
    verified = EmailAddress.objects.filter(user=leader, verified=True)
    return {address.lower() for address in [leader.email, *verified.values_list("email", flat=True)]}


def _is_vouched_for(envelope: Envelope) -> bool:
    """Whether the mail server that we trust says that the sender's domain sent it, if one is named."""
    trusted = settings.INBOUND_AUTHSERV_ID.lower()
    if not trusted:
        return True
    domain = re.escape(envelope.sender.rpartition("@")[2])
    passed = rf"dmarc=pass\b|dkim=pass\b.*\sheader\.(?:d=|i=[^\s@]*@){domain}(?!\S)"
    said = [_results(each) for each in envelope.vouchers]
    return any(
        name.split()[:1] == [trusted]
        and any(re.match(passed, result) for result in results)
        and not any(result.startswith("dmarc=fail") for result in results)
        for name, *results in said
    )


def _results(voucher: str) -> list[str]:
    """Who says so, and the result of each method; without quotes and remarks, which a sender may choose."""
    words, before = re.sub(r'"(?:[^"\\]|\\.)*"', "", voucher.lower()), ""
    while words != before:
        before, words = words, re.sub(r"\([^()]*\)", " ", words)
    return [re.sub(r"\s*=\s*", "=", result.strip()) for result in words.split(";")]
