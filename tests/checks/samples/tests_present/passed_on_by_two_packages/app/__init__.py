from .models import Stack
