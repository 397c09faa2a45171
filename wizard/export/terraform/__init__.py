"""One Terraform module a side."""
