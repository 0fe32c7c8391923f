-- Where the route of each end's interface towards the other end leads.
select h.* exclude (moment, subnet_id)
from routed('ends') as h
