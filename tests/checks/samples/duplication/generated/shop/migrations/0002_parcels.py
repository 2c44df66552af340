from django.db import migrations


def forwards(apps, editor):
    model = apps.get_model("shop", "Parcel")
    for row in model.objects.all():
        row.total = row.price * row.count
        row.save(update_fields=["total"])
