"""News from the rooms below."""
