# The two lines of migrations become one; nothing changes.

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0003_deposit_by_page_and_api'),
        ('indicators', '0010_decisions'),
    ]

    operations = []
