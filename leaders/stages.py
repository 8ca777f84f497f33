"""A leader's stage and its history."""

from django.db import transaction

from leaders.models import Leader, Stage, StageRecord
from leaders.permissions import may_change_stage, require


@transaction.atomic
def change(leader: Leader, *, to: Stage, by: Leader, reason: str, evidence: str = "") -> StageRecord:
    """Record a new stage with who, why and on what evidence; nothing derives it from activity."""
    leader.stage = Leader.objects.select_for_update(no_key=True).get(pk=leader.pk).stage
    require(may_change_stage(by, leader, to))
    record = StageRecord(leader=leader, stage=to, by=by, reason=reason, evidence=evidence)
    record.full_clean()
    record.save()
    leader.stage = to
    leader.save(update_fields=["stage"])
    return record
