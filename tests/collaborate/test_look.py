"""The visual system: forms keep what was typed, every page offers help, nothing needs an inline style."""

import re
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string

from leaders.accounts import AccountAdapter

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = [path for path in TEMPLATES.rglob("*.html") if "mail" not in path.parts]
JINJA = [path for path in TEMPLATES.rglob("*.html") if "django" not in path.relative_to(TEMPLATES).parts]
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(\ssrc=|application/json))", re.IGNORECASE)


class Joining(forms.Form):
    name = forms.CharField(help_text="As people know you.")
    stage = forms.ChoiceField(
        choices=[("current", "Current"), ("future", "Future")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        choices=[("mon", "Monday"), ("tue", "Tuesday")], widget=forms.CheckboxSelectMultiple, required=False
    )
    about = forms.CharField(widget=forms.Textarea, required=False)


def show(form) -> str:
    return render_to_string("_form.html", {"form": form}, using="jinja2")


def test_form_keeps_what_was_typed_and_links_each_error():
    html = show(Joining({"name": "", "stage": "never", "days": ["tue"], "about": "<b>bold</b>"}))
    assert "There is a problem" in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#id_stage_0">' in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert re.search(r'value="tue" id="id_days_1" checked', html)


def test_each_field_says_what_it_wants():
    html = show(Joining())
    assert "There is a problem" not in html
    assert re.search(r'<label[^>]*for="id_name">Name</label>', html)
    assert 'aria-describedby="id_name_helptext"' in html
    assert "About (optional)" in html
    assert html.count("<fieldset") == 2


@pytest.mark.parametrize("path", JINJA, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_template_compiles(path):
    assert engines["jinja2"].get_template(str(path.relative_to(TEMPLATES)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_page_needs_nothing_inline(path):
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_signed_out_page_offers_help_and_says_whose_it_is(client, address):
    page = client.get(address).content.decode()
    assert "Need urgent help?" in page
    assert "It is not run or endorsed by the NHS." in page


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_broken_answer_needs_no_context(name):
    assert "Need urgent help?" in render_to_string(name)


@pytest.mark.django_db
def test_admin_asks_for_our_sign_in(client):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_account_mail_can_be_read_both_ways(rf, settings):
    settings.SITE_URL = "https://collaborate.example.org"
    context = {
        "code": "ABCD-EFGH",
        "request": rf.get("/"),
        "current_site": {"domain": "collaborate.example.org"},
    }
    message = AccountAdapter().render_mail("account/email/login_code", "ana@example.org", context)
    html = message.alternatives[0].content
    assert message.subject == "Your code to sign in to Collaborate"
    assert "\nABCD-EFGH\n" in message.body
    assert 'class="code"' in html
    assert "https://collaborate.example.org/help/" in html
