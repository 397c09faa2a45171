"""One CloudFormation template a side."""
