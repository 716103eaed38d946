"""Writes with a rule: freshness, review, urgent publication, drafts from Word files."""
