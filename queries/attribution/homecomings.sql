-- What comes out of a transit gateway is looked up once more, in the tables of the subnets in which
-- the attachment has its interfaces.
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
select l.end_id, l.moment, s.subnet_id, l.family, l.number, e.is_private
from landings as l
inner join ends as e on l.end_id = e.end_id and e.is_followed
inner join attachment_subnets_at as s
    on l.moment = s.moment and l.attachment_id = s.transit_gateway_attachment_id
