"""What makes the sample: first the organisation, then the plants, last the records.

ids, organisation, rules, interfaces: the network as plain data. answers_*, snapshots: the same as
the AWS CLI tells it. faults, plants_*, truth: what is wrong, declared before any record is made.
records, scenes, flows, traffic, logs: what the flow logs show of it.
"""
