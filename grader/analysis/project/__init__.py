"""How the files of a submission belong together: which are the program, and which are left over."""
