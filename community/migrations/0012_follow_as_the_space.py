"""Nobody can tell a chosen “normal” from the default of old: both now mean “as the space”, in short steps."""

from django.db import migrations

ROWS = 10_000


def forget_the_default(apps, schema_editor):
    _replace(schema_editor, "level = 'normal'", "NULL")


def bring_it_back(apps, schema_editor):
    _replace(schema_editor, "level IS NULL", "'normal'")


def _replace(schema_editor, old, new):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM community_reading")
        for first in range(1, cursor.fetchone()[0] + 1, ROWS):
            cursor.execute(
                f"UPDATE community_reading SET level = {new} WHERE id BETWEEN %s AND %s AND {old}",
                [first, first + ROWS - 1],
            )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0011_levels_of_spaces")]

    operations = [migrations.RunPython(forget_the_default, bring_it_back)]
