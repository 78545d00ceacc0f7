"""Migrations: one Alembic tree per service, run as the schema's owner, never as the service's role."""
