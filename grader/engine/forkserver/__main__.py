"""``python -I -m grader.engine.forkserver CONFIG``: run the fork server. A worker starts it so."""

from grader.engine.forkserver.server import main

if __name__ == "__main__":
    main()
