"""The words of each workspace, for searches with a typing error."""

import django.db.models.deletion
from django.db import migrations, models

LETTERS = """
CREATE FUNCTION fairlead_letters(word text) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(bit_or(1::bigint << (ascii(letter) % 64)), 0) FROM string_to_table(word, NULL) AS letter
$$;
"""
NO_LETTERS = "DROP FUNCTION fairlead_letters(text);"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("work", "0014_pages_of_files")]
    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=30)),
                ("length", models.PositiveSmallIntegerField()),
                ("letters", models.BigIntegerField()),
                ("uses", models.PositiveIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.workspace"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace", "length"], name="word_length")],
                "constraints": [models.UniqueConstraint(fields=("workspace", "word"), name="word_once")],
            },
        ),
        migrations.RunSQL(LETTERS, NO_LETTERS),
    ]
