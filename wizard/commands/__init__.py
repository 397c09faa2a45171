"""The verbs: one file a command, each returns a result that is rendered in one place."""
