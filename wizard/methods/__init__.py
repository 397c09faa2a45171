"""The three methods: all of a method in one place."""
