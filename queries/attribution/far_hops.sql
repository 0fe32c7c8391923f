-- Where the second transit gateway of a way leads on to.
select * from gateway_routed('far_entries')
