-- The texts of packets that no log has, in place of texts.sql: each packet has its own. Nothing was
-- said of them but what they are, so none has a reject-reason.
select
    packet_id as text_hash,
    interface_id,
    null::varchar as account_id,
    null::varchar as vpc_id,
    null::varchar as subnet_id,
    direction as flow_direction,
    src_ip as srcaddr,
    dst_ip as dstaddr,
    null::varchar as pkt_srcaddr,
    null::varchar as pkt_dstaddr,
    null::varchar as reject_reason
from packets
