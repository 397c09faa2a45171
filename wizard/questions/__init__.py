"""The questions in order: one list, asked by both front ends, and the rules of the answers file."""
