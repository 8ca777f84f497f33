"""A leader's stage and its history."""

from django.db import transaction

from leaders.models import Leader, Stage, StageRecord
from leaders.permissions import may_change_stage, may_record_stages, require


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


@transaction.atomic
def change_all(stages: list[tuple[Leader, str]], *, by: Leader, reason: str) -> None:
    """Record new stages of many leaders, who each have another one now, for one reason."""
    require(may_record_stages(by))
    for leader, stage in stages:
        leader.stage = stage
    Leader.objects.bulk_update([leader for leader, _ in stages], ["stage"])
    StageRecord.objects.bulk_create(
        StageRecord(leader=leader, stage=stage, by=by, reason=reason) for leader, stage in stages
    )
