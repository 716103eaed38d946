"""The assistant: it finds passages of what is published and quotes them; it never makes up a sentence (ADR 0089)."""
