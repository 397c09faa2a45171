"""Real calls that prove an access, and what must not be possible."""
