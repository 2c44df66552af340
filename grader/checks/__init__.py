"""One check a file or folder, named for its id; `catalog` discovers them."""
