"""Files to hand over: shell, Terraform, CloudFormation, a runbook."""
