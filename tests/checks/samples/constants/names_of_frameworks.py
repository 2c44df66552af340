"""Django and pytest look for these names in lower case."""
#! measure not_upper = 1
#! path shop/urls.py

import pytest
from django.urls import path

app_name = "shop"
urlpatterns = [1, 2]
pytest_plugins = ["shop.fixtures"]
page_size = 30  #! constant-not-upper


def show(request):
    return page_size + path
