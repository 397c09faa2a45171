"""The program's own files: drafts, backups, locks, the journal of runs."""
