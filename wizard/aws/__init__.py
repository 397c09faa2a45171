"""Everything that talks to AWS (with demo the only room that imports boto3)."""
