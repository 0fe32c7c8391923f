"""The smallest change that would let a packet pass: in words, AWS CLI and Terraform, and tried."""
