-- Every view of the ACLs that the packets meet: what is changed is changed in each.
select distinct network_acl_id, scope, account_id, region
from network_acls
where network_acl_id in (select network_acl_id from acl_answers)
order by all
