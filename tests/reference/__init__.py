"""A second opinion in plain slow Python, of refusals and of losses, and random networks for both.

Nothing here imports the product: it is written from AWS's documentation, the decision table and the
table of pairs, so that the product's SQL can be compared with it on many random networks.
"""
