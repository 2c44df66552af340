import os  #! missed-code: answers.md does not name this complaint
