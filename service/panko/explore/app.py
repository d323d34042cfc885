"""The page as a WSGI application: which screen answers under which path, and what stands before them."""

from typing import TYPE_CHECKING, Any

import falcon
from oslo_config import cfg

from panko.api.middleware import authentication
from panko.api.resources.search.asked import Searching
from panko.api.slashes import Slashes
from panko.explore import failures, front, rendering, settings
from panko.explore.frame import HTML, Screen
from panko.explore.login.attempts import Attempts
from panko.explore.login.keystone import Keystone
from panko.explore.login.resources import ChooseProject, Entrance, LogIn, LogOut
from panko.explore.login.websso import Begin, Return
from panko.explore.pages import counted
from panko.explore.pages.asking import Asking
from panko.explore.pages.compare import Compare
from panko.explore.pages.event import Event
from panko.explore.pages.events import Events
from panko.explore.pages.facets import Facets
from panko.explore.pages.live import Live
from panko.explore.pages.pipeline import Pipeline
from panko.explore.pages.story import Request, Resource
from panko.explore.pulse import Pulse
from panko.explore.session.cookies import Cookies
from panko.explore.session.keys import Keys
from panko.explore.session.theme import Theme
from panko.explore.static import Files

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

SCREENS = {
    "/explore": Events,
    "/explore/facets": Facets,
    "/explore/live": Live,
    "/explore/events/{message_id}": Event,
    "/explore/resources/{resource_id}": Resource,
    "/explore/requests/{request_id}": Request,
    "/explore/compare": Compare,
    "/explore/pipeline": Pipeline,
}
LOGIN = {
    "/explore/login": LogIn,
    "/explore/login/project": ChooseProject,
    "/explore/logout": LogOut,
    "/explore/websso": Return,
    "/explore/websso/begin": Begin,
}
STATIC, THEME = "/explore/static/{name}", "/explore/theme"
TEMPLATES = (*SCREENS, *LOGIN, STATIC, THEME)

Application = falcon.App[Any, Any]


def create(conf: cfg.ConfigOpts, searching: Searching) -> "WSGIApplication":
    """Build the page of one process. Raise ConfigurationError."""
    authentication.prepare(conf)  # the options of which are read next
    login = settings.login(conf)
    keys = Keys(login.keys_file) if login else None
    screen = Screen(rendering.environment(), Files(), keys, Pulse(searching).told)
    app = screens(searching, screen)
    authenticated = authentication.require(app, conf)
    if login is None or keys is None:
        return _safe(front.believing(app, authenticated), screen)
    entrance = Entrance(screen, Keystone(login), Cookies(keys), Attempts(), login.default_domain, login.federation)
    return behind_login(app, authenticated, entrance)


def screens(searching: Searching, screen: Screen) -> Application:
    """Build all screens but those of a login."""
    app: Application = falcon.App(media_type=HTML, middleware=[Slashes()])
    app.req_options.strip_url_path_trailing_slash = True
    failures.install(app, screen)
    app.add_route(STATIC, screen.files)
    app.add_route(THEME, Theme())
    for template, shown in SCREENS.items():
        asking = Asking(searching, screen)
        app.add_route(template, shown(asking, counted.draw) if shown is Events else shown(asking))
    return app


def behind_login(app: Application, authenticated: "WSGIApplication", entrance: Entrance) -> "WSGIApplication":
    """Add the screens of a login, and let nobody else to the others. `authenticated` leads to the same screens."""
    for template, way in LOGIN.items():
        app.add_route(template, way(entrance))
    return _safe(front.proving(app, authenticated, entrance.cookies), entrance.screen)


def _safe(app: "WSGIApplication", screen: Screen) -> "WSGIApplication":
    return front.safe(failures.guarded(app, screen))
