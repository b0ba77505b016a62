"""What an AWS account needs for a flow: pools, and SMS that arrive."""
