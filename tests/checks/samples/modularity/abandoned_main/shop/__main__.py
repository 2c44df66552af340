from shop.cli import run

run()  #! outside-function
