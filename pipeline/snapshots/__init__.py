"""What the network looked like: AWS CLI answers recognised, shaped to rows, folded to intervals."""
