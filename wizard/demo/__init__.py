"""The embedded AWS with two practice accounts."""
