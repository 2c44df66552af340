"""Python runs this file by its name: no guard is needed."""

from shop.prices import main

main()
