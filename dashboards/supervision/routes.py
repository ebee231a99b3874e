"""The addresses of the supervision channel: first screen, areas with their views and files, alerts."""

from dashboards.supervision import area_pages, chart_files, first_screen
from dashboards.supervision.alerts.routes import ROUTES as ALERT_ROUTES

ROUTES = [*first_screen.ROUTES, *area_pages.ROUTES, *chart_files.ROUTES, *ALERT_ROUTES]
