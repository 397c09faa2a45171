"""The AWS config and credentials files: read, change, write."""
