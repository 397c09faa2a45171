"""A new access key in place of an old one, safe to interrupt at any point."""
