"""Answers to Setup and back: the TOML file, the rules, and what stands in while a person is still typing."""

# `[handover]` is about the file, not about the setup: whose half it asks for. Every command takes it.
HANDOVER = "handover.side"
# Beside it, in the wizard and its drafts alone: the answers as the file had them (`wizard.plan.ceiling`).
ASKED = "handover.asked"
