-- Every view of the groups that the packets' interfaces carry: what is changed is changed in each.
select distinct group_id, scope, account_id, region
from security_groups
where group_id in (select group_id from carried_groups)
order by all
