-- Where the tables of the transit gateway's subnets lead.
select * from routed('homecomings')
