"""Who does what, as one HTML page and as Markdown."""
