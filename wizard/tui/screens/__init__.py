"""The screens: the wizard itself, and the dialogs over it."""
