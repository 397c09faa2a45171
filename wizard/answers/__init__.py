"""Answers to Setup and back: the TOML file, the rules, and what stands in while a person is still typing."""
