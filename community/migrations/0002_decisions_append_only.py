from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The log of decisions is append-only.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON community_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER decision_append_only ON community_decision;
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("community", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
