"""One bash script a side."""
