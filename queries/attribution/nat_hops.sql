-- Where the table of a NAT gateway's subnet leads.
select * from routed('nat_entries')
