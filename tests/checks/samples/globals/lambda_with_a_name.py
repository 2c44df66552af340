"""A lambda that has a name is a function."""
#! measure functions_using_globals = 1
#! measure functions_changing_globals = 1

items = []
add_item = lambda item: items.append(item)  #! changes-global: `add_item` changes `items`
