"""The addresses of the staff pages, each opened by a key of its own scope."""

from dashboards.staff import me, reviews, unit

ROUTES = [*me.ROUTES, *unit.ROUTES, *reviews.ROUTES]
