"""What is published, as programs follow it: RSS, Atom and JSON feeds, the sitemap, schema.org data."""
