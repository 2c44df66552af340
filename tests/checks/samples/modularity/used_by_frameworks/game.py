def run(player):  #! unused-definition: Nothing that runs uses `run`
    print("run", player.name)


def init(player):  #! unused-definition: Nothing that runs uses `init`
    print("init", player.name)
