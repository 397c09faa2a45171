"""Policies: the documents, the action data, what is wrong with one (check), who may do what (evaluate)."""
