"""The same in a file of another name needs one."""

from shop.prices import main

main()  #! runs-on-import
