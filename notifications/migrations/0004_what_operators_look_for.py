from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_limits")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["state", "-due_at", "-id"],
                name="delivery_unsent",
                condition=models.Q(("state", "sent"), _negated=True),
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["object_key"], name="delivery_about"),
        ),
    ]
