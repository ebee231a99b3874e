"""The addresses of administration."""

from dashboards.staff.administration import accounts, appointments, audit, invitations

ROUTES = [*accounts.ROUTES, *invitations.ROUTES, *appointments.ROUTES, *audit.ROUTES]
