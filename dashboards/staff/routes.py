"""The addresses of everything behind the sign-in but the supervision channel."""

from dashboards.staff import (
    account,
    digests,
    home,
    me,
    outside,
    outside_link,
    passkeys,
    reviews,
    scores,
    sign_in,
    unit,
)
from dashboards.staff.administration.routes import ROUTES as ADMINISTRATION_ROUTES

ROUTES = [
    *sign_in.ROUTES,
    *passkeys.ROUTES,
    *outside.ROUTES,
    *outside_link.ROUTES,
    *account.ROUTES,
    *digests.ROUTES,
    *home.ROUTES,
    *me.ROUTES,
    *unit.ROUTES,
    *reviews.ROUTES,
    *scores.ROUTES,
    *ADMINISTRATION_ROUTES,
]
