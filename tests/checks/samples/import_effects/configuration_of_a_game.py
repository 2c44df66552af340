"""A file `conf.py` without a project and extensions is no file of Sphinx."""
#! path game/conf.py
#! measure effects = 2

import sys

width = 300
sys.path.insert(0, "..")  #! runs-on-import
print(width)  #! prints-on-import
