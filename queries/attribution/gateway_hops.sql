-- Where the transit gateway of each end's route leads on to.
select * from gateway_routed('gateway_entries')
