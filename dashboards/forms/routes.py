"""The routes of assisted entry: those of volunteers, and those of whoever oversees them."""

from dashboards.forms import enter_routes, oversee_routes

ROUTES = [*oversee_routes.ROUTES, *enter_routes.ROUTES]
