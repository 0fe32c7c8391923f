"""A second opinion: the decision table in plain slow Python, and random networks to judge with it.

Nothing here imports the product: it is written from AWS's documentation and the decision table,
so that the product's SQL can be compared with it on many random networks.
"""
