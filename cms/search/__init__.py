"""Finding what is published, whatever accents were typed."""
