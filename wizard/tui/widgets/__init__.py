"""The widgets, one file for each part of the screen."""
