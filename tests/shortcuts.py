"""Shorter ways than Django's own to the same places; thousands of stories go them."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import login
from django.db import connection
from django.http import HttpRequest
from django.test import Client

# Rows that migrations made, and that no story changes.
KEPT = ["django_migrations", "django_content_type", "auth_permission"]
EMPTY = """
DO $$
DECLARE place regclass; holds_something boolean;
BEGIN
  SET LOCAL session_replication_role = replica;  -- no triggers: neither those of foreign keys nor ours
  FOR place IN
    SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND c.relname <> ALL (%s)
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', place) INTO holds_something;
    IF holds_something THEN EXECUTE format('DELETE FROM %%s', place); END IF;
  END LOOP;
END $$
"""

_sign_in_again = Client._login


def empty(_case) -> None:
    """Take out what a story committed; Django truncates every table and makes the permissions anew."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [KEPT])


def sign_in(client: Client, leader, backend=None) -> None:
    """Sign in with one row for the session; Django writes it four times."""
    if settings.SESSION_COOKIE_NAME in client.cookies:
        _sign_in_again(client, leader, backend)
        return
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.session.cycle_key = lambda: None
    login(request, leader, backend)
    request.session.create()
    client._set_login_cookies(request)
