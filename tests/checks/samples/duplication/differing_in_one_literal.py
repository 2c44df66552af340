import requests


def prices(address, headers):
    response = requests.get(f"{address}/prices", headers=headers)
    response.raise_for_status()
    return response.json()["prices"]


def users(address, headers):
    response = requests.get(f"{address}/users", headers=headers)  #! repeated-code: repeat lines 5-7
    response.raise_for_status()
    return response.json()["users"]
