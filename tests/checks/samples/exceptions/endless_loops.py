"""Only the main loop of a server may log every error and go on."""

import logging

logger = logging.getLogger(__name__)


def ask_again():
    while True:
        try:
            return int(input("How many? "))
        except Exception as e:  #! blind-except
            logger.error("Again, please: %s", e)


def connect_again(server):
    while True:
        try:
            server.connect()
            break
        except Exception as e:  #! blind-except
            logger.error("Again, please: %s", e)


def read_commands():
    while True:
        try:
            run(input("> "))
        except Exception as e:  #! blind-except: only shows
            print(f"Error: {e}")


def save_all(orders):
    while orders:
        for order in orders:
            try:
                store(order)
            except Exception as e:  #! blind-except: only logs
                logger.error("Could not save: %s", e)


class Worker:
    def run(self):
        while self.running:
            try:
                self.work()
            except Exception as e:
                logger.error("Could not work: %s", e)

    async def poll(self):
        while not self.stopped.is_set():
            try:
                await self.fetch()
            except Exception as e:
                logger.warning(f"Could not fetch: {e}")
