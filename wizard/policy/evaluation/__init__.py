"""The evaluator's parts; what the rest of the program uses is `wizard.policy.evaluate`."""
