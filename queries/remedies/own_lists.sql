-- The prefix lists that are one's own, so that entries can be added.
from own_lists('prefix_lists')
order by all
