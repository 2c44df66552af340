import os  #! missed-code: No answers.md or answers.txt was handed in
