"""How somebody likes the page, light or dark: kept by their browser, and known to no session."""

import falcon

from panko.explore.session import forms
from panko.explore.session.cookies import header, name_of
from panko.explore.session.following import following, see_other

NAME = "panko-theme"
AUTO = "auto"
# In the order in which the button goes through them; `auto` is as the browser has it.
NEXT = {AUTO: "light", "light": "dark", "dark": AUTO}
A_YEAR_SECONDS = 365 * 24 * 3600


def of(request: falcon.Request) -> str:
    """Return what somebody chose."""
    said = (request.get_cookie_values(name_of(NAME, request)) or [AUTO])[0]
    return said if said in NEXT else AUTO


class Theme:
    """Where the choice is made."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Let the browser keep a choice, and send it back to where it was."""
        forms.require_own_site(request)
        sent = forms.fields(request)
        chosen = sent.get("theme", AUTO)
        kept = header(request, NAME, chosen if chosen in NEXT else AUTO, seconds=A_YEAR_SECONDS)
        response.append_header("Set-Cookie", kept)
        see_other(following(request, request.get_param("next") or ""), response)
