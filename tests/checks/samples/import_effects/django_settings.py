"""Settings, routes and the admin page of Django are values and registrations."""
#! measure effects = 0
#! path shop/settings.py

import os
from pathlib import Path

from decouple import config
from django.contrib import admin
from django.urls import include, path

from shop.models import Order

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = config("SECRET_KEY")
DEBUG = os.environ.get("DEBUG", "") == "1"
urlpatterns = [path("admin/", admin.site.urls), path("shop/", include("shop.urls"))]
admin.site.register(Order)
admin.site.site_header = "Shop"
