import os, sys

x=1  #! missed-code: answers.txt does not name this complaint
