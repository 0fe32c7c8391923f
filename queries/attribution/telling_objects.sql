-- The objects whose log format has reject-reason: where it is empty there, neither Block Public
-- Access nor encryption controls refused.
select object_id
from ledger
where contains(replace(log_format, '_', '-'), 'reject-reason')
