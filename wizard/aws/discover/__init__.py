"""What is there in the accounts, looked at in the background."""
