-- How a transit gateway is entered: by an attachment of the VPC that carries traffic, in a zone
-- that it serves, past the ACL of its subnet there.
select
    end_id,
    20 as place,
    'transit-gateway-attachment' as stage,
    case
        when transit_gateway_attachment_id is null then 'transit-gateway'
        else 'transit-gateway-attachment'
    end as element_type,
    coalesce(transit_gateway_attachment_id, transit_gateway_id) as element_id,
    state as rule,
    case
        when transit_gateway_attachment_id is null and not attachments_told then 'unknown'
        when transit_gateway_attachment_id is null then 'block'
        when state is null then 'unknown'
        when state in ('available', 'modifying') then 'pass'
        else 'block'
    end as outcome,
    case
        when transit_gateway_attachment_id is null and attachments_told
            or state not in ('available', 'modifying')
            then 'tgw_attachment_state'
    end as cause,
    not attachment_doubtful and not (transit_gateway_attachment_id is null and late) as is_sure,
    case
        when transit_gateway_attachment_id is null and attachments_told then
            vpc_id || ' has no attachment to it'
        when transit_gateway_attachment_id is null or state is null then
            'the attachment is in no snapshot: load describe-transit-gateway-vpc-attachments'
        when state not in ('available', 'modifying') then 'it is ' || state
        else 'of ' || vpc_id
    end as note
from gateway_entries
union all
select
    end_id,
    21,
    'transit-gateway-attachment',
    'transit-gateway-attachment',
    transit_gateway_attachment_id,
    zone_id,
    case when in_zone = false then 'block' else 'unknown' end,
    case when in_zone = false then 'tgw_zone' end,
    not attachment_doubtful,
    case
        when in_zone = false then 'it has no subnet in the Availability Zone of ' || subnet_id
        else
            'its Availability Zones are not known: load describe-transit-gateway-vpc-attachments '
            || 'and describe-subnets'
    end
from gateway_entries
where transit_gateway_attachment_id is not null and in_zone is distinct from true
