from typing import Final

from .main import area

LIMIT: Final = 3
