"""Sign-in pages answer bad input as all others do: 422, a sentence, and what was typed."""

import pytest


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/accounts/login/", {"login": "not an address", "password": "x"}),
        ("/accounts/login/", {"login": "ana@example.org", "password": "wrong"}),
        ("/accounts/login/code/", {"email": "not an address"}),
        ("/accounts/signup/", {"email": "not an address"}),
        ("/accounts/password/reset/", {"email": "not an address"}),
    ],
)
def test_bad_input_is_422_and_kept(client, ana, address, form):
    response = client.post(address, form)
    assert response.status_code == 422
    page = response.content.decode()
    assert "nhsuk-error" in page
    assert next(iter(form.values())) in page
