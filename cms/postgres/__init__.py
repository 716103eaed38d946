"""The database engine of the site on PostgreSQL: Django's, with less said between the two (`base`, ADR 0052)."""
