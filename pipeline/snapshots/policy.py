"""The IAM policy that allows a snapshot and nothing else, made from the calls themselves.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json

from pipeline.lake.calls import CALLS


def policy() -> str:
    """Return the policy as JSON. None of the calls can be narrowed to resources that lists need."""
    statement = {
        "Sid": "FlowcauseSnapshot",
        "Effect": "Allow",
        "Action": sorted({call.action for call in CALLS}),
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"
