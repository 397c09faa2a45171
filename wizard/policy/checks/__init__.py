"""The parts of `check`: a JSON reader that recovers and gives places, and the rules of policies."""
