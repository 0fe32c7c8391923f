-- The ends between which the way is wanted hop by hop: an interface, a moment and an address.
select distinct interface_id, moment, peer_ip
from loss_questions
