"""`bar` may be a bar of a chart; beside `foo` it is a placeholder."""

foo = 1  #! vague-name
bar = 2  #! vague-name
