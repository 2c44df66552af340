#! measure guarded_main = 1
from shop import run

if __name__ == "__main__":
    run()
