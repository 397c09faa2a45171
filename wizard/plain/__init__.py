"""The questionary front end (the only room that imports questionary)."""
